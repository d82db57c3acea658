# SPDX-License-Identifier: GPL-2.0-only
# cmake -DBUILD=DIR -DPREFIX=DIR -DCONSUMERS=DIR -P install.cmake: the library, and the linter's if there is one, into a
# prefix that holds nothing else, moved after that; and nothing left of what consumers found out about an earlier one.
file(REMOVE_RECURSE ${PREFIX} ${PREFIX}.tmp ${CONSUMERS})
foreach(component library lint)
  execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --component ${component} --prefix ${PREFIX}.tmp
                  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endforeach()
file(RENAME ${PREFIX}.tmp ${PREFIX})
