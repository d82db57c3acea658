# SPDX-License-Identifier: BSD-3-Clause
# The applications, each as its two sides: the one that begins and says when it is over, and the one that serves.
set(APPLICATIONS
  echo_test:echo
  ping:echo
  flood_ping:echo
  nocopy_test:nocopy_echo
  matrix_test:matrix
  messages_test:messages
  rpc_client:rpc_server
  files_client:files_server)
