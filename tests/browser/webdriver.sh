# SPDX-License-Identifier: GPL-2.0-only
# A real browser for tests in shell: Debian's chromium by its WebDriver, with curl and jq. Sourced.
#   browser_needed          ends with 77 where there is none
#   browser_start           a headless browser; ends with the script
#   browser_open FILE       a page, waited for
#   browser_size W H MODE   the window in pixels of CSS, MODE light or dark
#   browser_run SCRIPT      JavaScript, which may await; what it returns, as JSON
#   browser_click SELECTOR  a click in the middle of an element, as a person does it
#   holds TEXT SCRIPT       a claim: the script returns true; else $failed is 1. $drawn in it waits for the next frame
#   browser_shot FILE [CLIP]  the page, or a part of it as the protocol of the developer tools has it, as PNG or WebP

driver=
session=
failed=0
drawn='await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));'

browser_needed() {
	local program

	for program in chromium chromedriver curl; do
		command -v "$program" >/dev/null || {
			echo "$program is not installed: make setup"
			exit 77
		}
	done
}

# webdriver METHOD PATH [JSON]: the answer's value
webdriver() {
	curl -sS -X "$1" --max-time 120 -H 'Content-Type: application/json' ${3:+--data-binary "$3"} "$driver$2" |
		jq -e 'if (.value | type) == "object" and .value.error then error(.value.error + ": " + .value.message) else . end | .value' ||
		[ "$?" = 1 ] # jq's for null and false
}

browser_end() {
	[ -z "$session" ] || webdriver DELETE "/session/$session" >/dev/null 2>&1 || true
	[ -z "${driver_pid:-}" ] || kill "$driver_pid" 2>/dev/null || true
}

browser_start() {
	local said=$work/chromedriver.out port

	mkfifo "$said"
	chromedriver --port=0 >"$said" 2>&1 &
	driver_pid=$!
	exec 3<"$said"
	while read -r line <&3; do # it says its port when it listens
		port=${line##*on port } port=${port%.}
		case $line in *"started successfully on port"*) break ;; esac
	done
	cat <&3 >/dev/null &
	driver=http://127.0.0.1:$port
	# as root, and in containers, its own sandbox cannot be set up
	session=$(webdriver POST /session '{"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"args": ["--headless=new", "--no-sandbox",
		"--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1"]}}}}' | jq -r .sessionId)
}

devtools() {
	webdriver POST "/session/$session/goog/cdp/execute" "$(jq -n --arg cmd "$1" --argjson params "$2" '{cmd: $cmd, params: $params}')"
}

browser_open() {
	webdriver POST "/session/$session/url" "$(jq -n --arg url "file://$1" '{url: $url}')" >/dev/null
}

browser_size() {
	devtools Emulation.setDeviceMetricsOverride "{\"width\": $1, \"height\": $2, \"deviceScaleFactor\": 1, \"mobile\": $([ "$1" -lt 600 ] && echo true || echo false)}" >/dev/null
	devtools Emulation.setEmulatedMedia "{\"features\": [{\"name\": \"prefers-color-scheme\", \"value\": \"$3\"}]}" >/dev/null
}

browser_run() {
	webdriver POST "/session/$session/execute/sync" "$(jq -n --arg script "$1" '{script: $script, args: []}')"
}

holds() {
	local got

	got=$(browser_run "$2") || true
	if [ "$got" = true ]; then
		echo "ok - $1"
	else
		echo "not ok - $1: $got"
		failed=1
	fi
}

browser_click() {
	local element

	element=$(webdriver POST "/session/$session/element" "$(jq -n --arg css "$1" '{using: "css selector", value: $css}')" | jq -r '.[]')
	webdriver POST "/session/$session/element/$element/click" '{}' >/dev/null
}

browser_shot() {
	local clip=${2:-} format=${1##*.}

	devtools Page.captureScreenshot "{\"format\": \"$format\", \"captureBeyondViewport\": true${clip:+, \"clip\": $clip}$(
		[ "$format" = png ] || echo ', "quality": 80')}" | jq -r .data | base64 -d >"$1"
}
