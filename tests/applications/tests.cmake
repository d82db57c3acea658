# SPDX-License-Identifier: BSD-3-Clause
# Tests of the tree: the applications are built against a prefix, as a stranger's project, and run. Needs the fixture
# consumer_prefix, which installs into ${prefix}.
include(${CMAKE_CURRENT_LIST_DIR}/applications.cmake)
set(applications ${CMAKE_CURRENT_BINARY_DIR}/applications)

add_test(NAME consumer_applications_build COMMAND ${CMAKE_CTEST_COMMAND}
  --build-and-test ${CMAKE_CURRENT_LIST_DIR} ${applications}
  --build-generator ${CMAKE_GENERATOR}
  --build-options -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_C_COMPILER=${CMAKE_C_COMPILER} -DCMAKE_BUILD_TYPE=RelWithDebInfo)
set_tests_properties(consumer_applications_build PROPERTIES LABELS unit TIMEOUT 300 FIXTURES_REQUIRED consumer_prefix
                     FIXTURES_SETUP applications)

# application_test(NAME COMMAND argument...)
function(application_test name)
  add_test(NAME consumer_application_${name} COMMAND ${ARGN})
  set_tests_properties(consumer_application_${name} PROPERTIES LABELS unit TIMEOUT 120 FIXTURES_REQUIRED applications)
  if(name MATCHES files)
    set_tests_properties(consumer_application_${name} PROPERTIES RESOURCE_LOCK application_files) # one name in /tmp
  endif()
endfunction()

# The device's side with one region for all, and with one for each ring.
foreach(pair IN LISTS APPLICATIONS)
  string(REPLACE ":" ";" sides ${pair})
  list(GET sides 0 first)
  list(GET sides 1 second)
  application_test(${first}_driver ${applications}/pair ${applications}/${first}-driver ${applications}/${second}-device own-rings)
  application_test(${first}_device ${applications}/pair ${applications}/${first}-device ${applications}/${second}-driver)
  application_test(${first}_driver_forked ${applications}/${first}-forked-driver)
  application_test(${first}_device_forked ${applications}/${first}-forked-device own-rings)
endforeach()
