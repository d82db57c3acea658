# SPDX-License-Identifier: GPL-2.0-only
# bash completion for amprelay

# Names of the cores: the logs that are neither Linux's nor the relay's.
_amprelay_cores() {
	local state log name
	state=${AMPRELAY_STATE:-${XDG_STATE_HOME:-$HOME/.local/state}/amprelay}/${1:-default}
	for log in "$state"/*.log; do
		name=${log##*/}
		name=${name%.log}
		case $name in
		'*' | linux | kernel | relay | *.*) ;;
		*) echo "$name" ;;
		esac
	done
}

# SoCs that the lab has.
_amprelay_socs() {
	local lab json
	lab=$(dirname "$(readlink -f "$(type -P amprelay)")" 2>/dev/null)
	for json in "${AMPRELAY_LAB:-/nonexistent}"/*.json "$lab"/../share/amprelay/*.json "$lab"/../../lab/*.json; do
		[[ -f $json ]] && basename "$json" .json
	done
}

# Kinds of fault, as the program lists them.
_amprelay_faults() {
	local kind
	"${COMP_WORDS[0]/#\~/$HOME}" fault --list 2>/dev/null | {
		read -r # the titles
		while read -r kind _; do
			echo "$kind"
		done
	}
}

# Rules of the linter.
_amprelay_rules() {
	"${COMP_WORDS[0]/#\~/$HOME}" lint --rules 2>/dev/null | sed 's/ .*//'
}

# The labs that are up, and those that have left records.
_amprelay_labs() {
	"${COMP_WORDS[0]/#\~/$HOME}" ls --json 2>/dev/null | sed -n 's/^ *"lab": "\(.*\)",$/\1/p'
}

_amprelay() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local common='--name --json --color -h --help' commands='up down run ls status top start stop restart attach detach suspend resume swap reboot kill exec cp ssh console logs events sniff talk fault scenario campaign report postmortem lint keygen sign verify gdb demo doctor version help'
	local command='' lab=default words=0 i
	COMPREPLY=()

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--name) lab=${COMP_WORDS[++i]} ;;
		--color | --since | --timeout | --wait | --lab | --soc | --for | --firmware | --kernel | --initramfs | --early | --owned | --share | --share-rw | --forward | --ssh-key | --report | --output | -o | --loader | --param | --table | --dump | --symbols | --raw | --map | --repeat | --seed | --jobs | -j | --junit | --artifacts | --rounds | --from | --kinds | --host | --scenarios | --catalogue | --channel | --kernel-log | --perfetto | -w | --write | -k | --key | --core | -V | --image-version | --signature | --allow) ((i++)) ;;
		-*) ;;
		*)
			if [[ -z $command ]]; then
				command=${COMP_WORDS[i]}
			else
				((words++))
			fi
			;;
		esac
	done

	case $prev in
	--lab | --artifacts | --share | --share-rw | --scenarios | --catalogue) mapfile -t COMPREPLY < <(compgen -d -- "$cur") && return ;;
	--firmware | --kernel | --initramfs | --ssh-key | --report | --junit | --output | -o | --kernel-log | --perfetto | --table | --dump | --symbols | -w | --write | -k | --key | --signature) mapfile -t COMPREPLY < <(compgen -f -- "$cur") && return ;;
	--soc) mapfile -t COMPREPLY < <(compgen -W "$(_amprelay_socs)" -- "$cur" && compgen -f -X "!*.json" -- "$cur") && return ;;
	--allow) mapfile -t COMPREPLY < <(compgen -W "$(_amprelay_rules)" -- "$cur") && return ;;
	--loader) mapfile -t COMPREPLY < <(compgen -W 'linux relay' -- "$cur") && return ;;
	--color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur") && return ;;
	--channel) mapfile -t COMPREPLY < <(compgen -W 'amp-echo amp-command amp-telemetry amp-sink' -- "$cur") && return ;;
	--name) mapfile -t COMPREPLY < <(compgen -W "$(_amprelay_labs)" -- "$cur") && return ;;
	--kinds) mapfile -t COMPREPLY < <(compgen -W "$(_amprelay_faults)" -- "$cur") && return ;;
	--host) [[ $command == lint ]] || return ;;
	--early | --owned | --core | -V | --image-version | --forward | --since | --timeout | --wait | --rounds | --from | --repeat | --seed | --jobs | -j | -n | -c | --count | --raw | --map) return ;;
	esac

	local choice=''
	case $command in
	'') choice="$commands $common --version" ;;
	help) choice=$commands ;;
	up) choice="--lab --soc --firmware --kernel --initramfs --early --owned --share --share-rw --net --forward --ssh-key --keep --lifeline --no-wait --timeout $common" ;;
	top) choice="-i --interval -n --rounds $common" ;;
	start) choice="$(_amprelay_cores "$lab") --loader --param $common" ;;
	stop | restart | attach | detach | suspend | resume) choice="$(_amprelay_cores "$lab") $common" ;;
	swap)
		if ((words)); then
			choice="$(compgen -f -- "$cur") $common"
		else
			choice="$(_amprelay_cores "$lab") $common"
		fi
		;;
	reboot | kill) choice="linux $common" ;;
	talk)
		case $words in
		0) choice="$(_amprelay_cores "$lab") $common" ;;
		1) choice="amp-echo amp-command amp-telemetry $common" ;;
		*) choice=$common ;;
		esac
		;;
	console) choice="linux $(_amprelay_cores "$lab") $common" ;;
	logs) choice="-f -m -n -t --merge --since linux kernel relay $(_amprelay_cores "$lab") $common" ;;
	events) choice="-f -n -t --since --wait --timeout $common" ;;
	postmortem) choice="$(_amprelay_cores "$lab") $(compgen -f -- "$cur") --firmware --table --raw --map $common" ;;
	ssh) choice="-p --print -- $common" ;;
	gdb) choice="linux $(_amprelay_cores "$lab") --dump --symbols --stdio -- $common" ;;
	sniff) choice="$(_amprelay_cores "$lab") -w -c -x --write --channel --count --hex --perfetto --kernel-log -- $common" ;;
	fault)
		if ((words)); then
			choice="$(_amprelay_faults) $common"
		else
			choice="$(_amprelay_cores "$lab") --list $common"
		fi
		;;
	scenario)
		if ((words)); then
			mapfile -t COMPREPLY < <(compgen -d -- "$cur" && compgen -f -X '!*.y?(a)ml' -- "$cur")
			choice="--repeat --seed --soc --sim --jobs --junit --tap --artifacts --keep --verbose --lab $common"
			[[ $cur == -* ]] || return
		else
			choice="run list check $common"
		fi
		;;
	campaign) choice="--rounds --from --seed --soc --jobs --kinds --host --report --scenarios --artifacts --catalogue --firmware --lab $common" ;;
	report)
		mapfile -t COMPREPLY < <(compgen -W "--open --output -o $common" -- "$cur" && compgen -f -- "$cur")
		return
		;;
	run)
		mapfile -t COMPREPLY < <(compgen -W "--for --soc --lab $common" -- "$cur" && compgen -f -- "$cur")
		return
		;;
	cp)
		mapfile -t COMPREPLY < <(compgen -W "$common" -- "$cur" && compgen -f -- "$cur")
		return
		;;
	lint)
		if [[ $prev == --host ]]; then
			choice='linux-6.1 linux-7 openamp nuttx amprelay'
		else
			mapfile -t COMPREPLY < <(compgen -W "--host --soc --core --lab --sarif -o --output --allow --rules $common" -- "$cur" && compgen -f -- "$cur")
			return
		fi
		;;
	keygen) choice="-f --force $common" ;;
	sign)
		mapfile -t COMPREPLY < <(compgen -W "-k -c -V -o --key --core --image-version --output $common" -- "$cur" && compgen -f -- "$cur")
		return
		;;
	verify)
		mapfile -t COMPREPLY < <(compgen -W "-k -c -o --key --core --signature $common" -- "$cur" && compgen -f -- "$cur")
		return
		;;
	doctor) choice="--soc $common" ;;
	exec) choice="-n -r -t --tty --no-input --raw -- $common" ;;
	demo) choice="bring-up multi-services two-m3 star --list --report --firmware --soc --lab $common" ;;
	*) choice=$common ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$choice" -- "$cur")
}

complete -F _amprelay amprelay
