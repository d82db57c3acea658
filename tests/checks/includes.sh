#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Who may include whom (DESIGN.md): wire <- metal <- virtio <- rpmsg <- services, and virtio <- remoteproc. lib/ takes
# ISO C headers and its own, and asks for no operating system by name; what depends on one is in ports/. kernel/
# shares with the rest only amprelay/wire.h with its tables, amprelay/resource_table2.h, and include/uapi; the
# reproducers in kernel/upstream/ are programs.
. "$(dirname "$0")/common.sh"

c_files | grep -E '^(lib|kernel|include)/' | grep -v '^kernel/upstream/' | awk '
	BEGIN {
		may["wire"] = " wire "
		may["metal"] = " wire metal "
		may["virtio"] = " wire metal virtio "
		may["rpmsg"] = " wire metal virtio rpmsg "
		may["remoteproc"] = " wire metal virtio remoteproc "
		may["services"] = " wire metal virtio rpmsg services "
		may["compat"] = " wire metal virtio rpmsg remoteproc all "
		may["all"] = " wire metal virtio rpmsg remoteproc services all "
		split("assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign " \
		      "stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath time uchar wchar wctype",
		      names, " ")
		for (i in names)
			iso[names[i] ".h"] = 1
		iso["atomic"] = 1 # C++ programs may include our headers
		iso["elf.h"] = 1 # where there is one
	}

	# Layer of a header below include/openamp/.
	function openamp_layer(name) {
		if (name ~ /^(open_amp|compat|lifecycle)[.]h$/)
			return "all"
		if (name == "version.h")
			return "wire"
		if (name ~ /^(virtio|virtqueue)/)
			return "virtio"
		if (name ~ /^rpmsg_(retarget|rpc)/)
			return "services"
		if (name ~ /^rpmsg/)
			return "rpmsg"
		if (name ~ /^(remoteproc|resource_table|rsc_table|elf_)/)
			return "remoteproc"
		return ""
	}

	# Layer of a header below include/amprelay/.
	function amprelay_layer(name) {
		if (name ~ /^(remoteproc|image_store|resource_table2)\.h$/)
			return "remoteproc"
		if (name == "ring_features.h")
			return "virtio"
		if (name == "rpc_files.h")
			return "services"
		return name ~ /^(buffer_sizes|flow_control|hand_over|link|receipts)\.h$/ ? "rpmsg" : "wire"
	}

	# Layer of what #include names, "" if it is none of the library.
	function layer_of_header(name) {
		if (name ~ /^amprelay\//)
			return amprelay_layer(substr(name, 10))
		if (name ~ /^metal\//)
			return "metal"
		if (name ~ /^openamp\//)
			return openamp_layer(substr(name, 9))
		if (match(name, /(^|\/)(metal|virtio|rpmsg|remoteproc|services)\//)) {
			name = substr(name, RSTART, RLENGTH)
			gsub(/\//, "", name)
			return name
		}
		return ""
	}

	function layer_of_file(file,   part) {
		if (file ~ /^include\/openamp\//)
			return openamp_layer(substr(file, 17))
		if (file ~ /^include\/amprelay\//)
			return amprelay_layer(substr(file, 18))
		split(file, part, "/")
		return part[2]
	}

	function check_kernel(name, quoted) {
		if (name ~ /^amprelay\/(wire|faults|registers|resource_table2)\.h$/ || name ~ /^(linux|asm|uapi|trace|generated)\// || (quoted && name !~ /\//))
			return
		printf "%s:%d: includes %s; kernel/ shares only amprelay/wire.h, its tables, amprelay/resource_table2.h and include/uapi with the rest\n", file, number, name
	}

	function check_library(name, quoted,   theirs) {
		theirs = layer_of_header(name)
		if (theirs == "" && !iso[name] && !(quoted && name !~ /\//))
			printf "%s:%d: includes %s, which is neither ISO C nor a header of the library; what depends on a system " \
			       "belongs to ports/\n", file, number, name
		else if (theirs != "" && index(may[layer], " " theirs " ") == 0)
			printf "%s:%d: includes %s of %s; %s may include only%s\n", file, number, name, theirs, layer, \
			       may[layer] == " " layer " " ? " itself" : ": " substr(may[layer], 2)
	}

	{
		file = $0
		kernel = file ~ /^kernel\//
		layer = kernel ? "kernel" : layer_of_file(file)
		if (file ~ /^include\/(uapi\/|amprelay\/(wire|resource_table2)\.h$)/)
			next # made for the kernel as well, whose headers they name
		if (!kernel && !(layer in may)) {
			printf "%s:1: belongs to no layer; name it in tests/checks/includes.sh\n", file
			next
		}
		number = 0
		while ((getline line < file) > 0) {
			number++
			if (line ~ /^[ \t]*#[ \t]*include[ \t]*[<"]/) {
				quoted = line ~ /include[ \t]*"/
				sub(/^[^<"]*[<"]/, "", line)
				sub(/[>"].*/, "", line)
				if (kernel)
					check_kernel(line, quoted)
				else
					check_library(line, quoted)
			} else if (!kernel && line ~ /^[ \t]*#[ \t]*(if|elif)/ && \
				   line ~ /(__linux|__unix|__ZEPHYR__|CONFIG_ZEPHYR|FREERTOS|__NuttX__|__QNX|_WIN32|__APPLE__|RT_THREAD)/)
				printf "%s:%d: asks for an operating system by name; move the difference to ports/\n", file, number
		}
		close(file)
	}
' | sed 's/ *$//' | report
