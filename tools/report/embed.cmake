# SPDX-License-Identifier: GPL-2.0-only
# cmake -DOUT=FILE -P embed.cmake: the page with its style and scripts in it, as a C array. Its data is put in when a
# page is made, at @DATA@.
cmake_minimum_required(VERSION 3.25)
file(READ ${CMAKE_CURRENT_LIST_DIR}/page.html PAGE)
file(READ ${CMAKE_CURRENT_LIST_DIR}/page.css STYLE)
foreach(script model timeline charts page bench campaign main)
  file(READ ${CMAKE_CURRENT_LIST_DIR}/${script}.js text)
  string(APPEND SCRIPT "${text}")
endforeach()
string(REPLACE "@STYLE@" "${STYLE}" PAGE "${PAGE}")
string(REPLACE "@SCRIPT@" "${SCRIPT}" PAGE "${PAGE}")
file(WRITE ${OUT}.page "${PAGE}")
file(READ ${OUT}.page hex HEX)
string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${hex}")
string(REGEX REPLACE "(........................................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUT} "#include \"report_page.h\"\nconst char amp_report_page[] = {\n${bytes}0};\n")
