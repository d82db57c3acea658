# SPDX-License-Identifier: GPL-2.0-only
# cmake -DBUILD=DIR -DPREFIX=DIR -DCONSUMERS=DIR -P install.cmake: the library into a prefix that holds nothing else,
# moved after that; and nothing left of what consumers found out about an earlier one.
file(REMOVE_RECURSE ${PREFIX} ${PREFIX}.tmp ${CONSUMERS})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --component library --prefix ${PREFIX}.tmp
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${PREFIX}.tmp ${PREFIX})
