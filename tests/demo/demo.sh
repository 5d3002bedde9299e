#!/bin/bash
# Shows mandated at work: a daemon in a temporary place, a headquarters that follows, a field office
# that pushes. Every command shown is run as shown, in a directory that is removed at the end.
# Fails if a step does not give what it promises.
#
# usage: tests/demo/demo.sh BUILD_DIR    where mandated and mandatectl are; NO_COLOR=1 without colour
set -euo pipefail

BACKLOG=3000  # returns that are under way when the daemon is killed
PATIENCE_S=30 # for anything that is waited for

build=$(cd "${1:?usage: tests/demo/demo.sh BUILD_DIR}" && pwd)
data=$(cd "$(dirname "$0")/../data" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/mandated-demo.XXXXXX")
daemon='' follower='' pusher=''
shown=0 # lines of the headquarters' stream already printed
checks=0

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
	bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' blue=$'\e[36m' plain=$'\e[0m'
else
	bold='' dim='' green='' red='' blue='' plain=''
fi
table=() # to a terminal a table is the default
[ -t 1 ] || table=(--format table)

# --- what belongs to the stage -----------------------------------------------------------------

cleanup() {
	local pid
	trap '' INT TERM
	for pid in $pusher $follower $daemon; do
		kill "$pid" 2>/dev/null || true
	done
	for pid in $pusher $follower $daemon; do
		wait "$pid" 2>/dev/null || true
	done
	rm -rf "$work"
}
trap cleanup EXIT
trap 'echo; exit 130' INT
trap 'exit 143' TERM

fail() {
	printf '\n%sdemo: %s%s\n' "$red" "$*" "$plain" >&2
	printf '  the daemon said: %s\n' "$(tail -n 3 daemon.log 2>/dev/null)" >&2
	exit 1
}

heading() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
grouped() { sed -E ':a; s/([0-9])([0-9]{3})($| )/\1 \2\3/; ta' <<<"$1"; }
say() { printf '%s\n' "$*"; }
ok() {
	checks=$((checks + 1))
	printf '%sok: %s%s\n' "$green" "$*" "$plain"
}
prompt() { printf '%s$ %s%s\n' "$bold" "$*" "$plain"; }

# Waits for a condition, not for a time.
until_true() {
	local what=$1 end=$((SECONDS + PATIENCE_S))
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || fail "waited $PATIENCE_S s in vain: $what"
		sleep 0.02
	done
}

# --- mandatectl --------------------------------------------------------------------------------

# Shows a question and its answer.
ask() {
	prompt "mandatectl $*"
	mandatectl "${table[@]}" "$@" || fail "mandatectl $* ended with $?"
}

# Asks again, by machine: one of the lines of the answer must hold every text.
expect() { # NAME TEXT... -- COMMAND...
	local name=$1 lines text
	local -a texts=()
	shift
	while [ "$1" != -- ]; do
		texts+=("$1")
		shift
	done
	shift
	lines=$(mandatectl --format json "$@") || fail "mandatectl $* ended with $?"
	for text in "${texts[@]}"; do
		lines=$(grep -F -- "$text" <<<"$lines") ||
			fail "$name: $text is not in the answer to mandatectl $*"
	done
	ok "$name"
}

# Sends, shows the summary and compares it and the exit status.
send() { # STATUS "SUMMARY" COMMAND...
	local want=$1 summary=$2 got=0
	shift 2
	prompt "mandatectl $*"
	mandatectl --format table "$@" >sent || got=$?
	cat sent
	[ "$got" = "$want" ] || fail "mandatectl $* ended with $got, not $want"
	grep -qxF -- "$summary" sent || fail "mandatectl $*: expected: $summary"
	checks=$((checks + 1))
}

revision() {
	local head
	head=$(mandatectl head) || fail "mandatectl head ended with $?"
	echo "${head%%:*}"
}

# --- the headquarters --------------------------------------------------------------------------

# An event has a line, and revisions have no gaps: line n is revision n.
followed() { # REVISION: it has come
	[ "$(wc -l <stream)" -ge "$1" ]
}

# What came since the last time, at most MOST lines of it.
stream() { # MOST
	local most=$1 count now
	now=$(revision)
	until_true "event $now at the headquarters" followed "$now"
	count=$((now - shown))
	if [ "$count" -gt "$most" ]; then
		printf '%sHQ | ... %d events before these%s\n' "$blue" $((count - most)) "$plain"
	fi
	tail -n +$((shown + 1)) stream | head -n "$count" | tail -n "$most" | sed "s/^ */HQ | /; s/.*/$blue&$plain/"
	shown=$now
}

expect_stream() { # NAME PATTERN
	grep -qE -- "$2" stream || fail "$1: nothing in the stream is like $2"
	ok "$1"
}

# --- the daemon --------------------------------------------------------------------------------

is_ready() {
	kill -0 "$daemon" 2>/dev/null || fail "the daemon ended"
	grep -q '^notice  ready' daemon.log
}

start_daemon() { # ENDPOINT
	: >daemon.log
	mandated -o "state_dir=$PWD/state" -o "listen=$1" >daemon.log 2>&1 &
	daemon=$!
	until_true "the daemon is ready" is_ready
	endpoint=$(sed -n 's/.*endpoint=\(tcp:[^ ]*\).*/\1/p' daemon.log)
	prompt "mandated -o state_dir=\$PWD/state -o listen=$endpoint &"
	grep -E '^notice  (listening|started|ready)' daemon.log |
		sed -E 's/^notice  //; s/ (version|state_dir|torn_bytes|rebuilt|checkpoint|recover_ms|open_ms|replay_ms)=("[^"]*"|[^ ]*)//g'
}

# A key pair, an office, a profile.
accredit() { # NAME OPTION...
	local name=$1 file=${1,,}
	shift
	prompt "mandatectl keygen $file.key && mandatectl office add $name --key $file.key.pub $*"
	mandatectl keygen "$file.key" >/dev/null
	mandatectl --format table office add "$name" --key "$file.key.pub" "$@"
	printf 'server = %s\nserver_key = ~/state/secret_key.pub\nkey_file = ~/%s.key\n' \
		"$endpoint" "$file" >.config/mandatectl/"$file.conf"
}

# --- the stage ---------------------------------------------------------------------------------

start_ms=$(date +%s%3N)
cd "$work"
ln -s "$data" data
mkdir -m 700 state
: >stream
export PATH="$build:$PATH" HOME="$work" MANDATED_CONTROL="ipc://$work/state/control"

heading "1. A daemon; a headquarters that follows it"
start_daemon 'tcp://127.0.0.1:*'
say "Two offices: the operator accredits their keys, at the control socket."
mkdir -p .config/mandatectl
accredit HQ --administrator
accredit FIELD --grant write
prompt "mandatectl --profile hq follow --from 1 --verify --early &"
mandatectl --profile hq --format table follow --from 1 --verify --early >stream 2>follow.log &
follower=$!
say "From here on it prints every change and every alert; its lines begin with \"HQ |\"."

heading "2. A field office sends what the texts and the returns say"
field=(--profile field import)
send 0 "242 accepted, 0 unchanged, 0 refused, 0 not taken" "${field[@]}" partners data/partners.csv
send 0 "11 accepted, 0 unchanged, 0 refused, 0 not taken" "${field[@]}" operations data/operations.csv
send 0 "11 accepted, 0 unchanged, 0 refused, 0 not taken" "${field[@]}" psdata-operations data/psdata-operations.csv
send 0 "221 accepted, 0 unchanged, 0 refused, 0 not taken" "${field[@]}" mandates data/mandates.csv
send 0 "6 accepted, 0 unchanged, 0 refused, 0 not taken" "${field[@]}" strengths data/strengths.csv
before_return=$(revision)
send 0 "2 accepted, 0 unchanged, 0 refused, 0 not taken" "${field[@]}" deployments data/deployments.csv
say "${dim}# Rows that say too little are named, the others go in; exit status 1 says so.$plain"
send 1 "7 accepted, 0 unchanged, 0 refused, 12 not taken" "${field[@]}" contributions-monthly data/contributions-monthly.csv
send 0 "2 accepted, 0 unchanged, 0 refused, 0 not taken" "${field[@]}" contributions-locations data/contributions-locations.csv
stream 6

heading "3. A mandate through two short rollovers: MINURCAT"
ask timeline MINURCAT
expect "5 225 soldiers and 300 police until 2010-05-24" '"in_force":true' '"military":5225,"police":300' -- timeline MINURCAT --on 2010-05-24
expect "2 225 and 300 from 2010-05-25" '"in_force":true' '"military":2225,"police":300' -- timeline MINURCAT --on 2010-05-25
expect "in force on its last day" '"in_force":true' -- timeline MINURCAT --on 2010-12-31
expect "ended the day after" '"in_force":false' '"status":"ended"' -- timeline MINURCAT --on 2011-01-01

heading "4. A strength against its ceiling: MONUC at the end of 2004"
ask strength MONUC --on 2004-12-31
expect "the ceiling was 10 800 until 2004-09-30" '"military":10800' -- timeline MONUC --on 2004-09-30
expect "16 700 from 2004-10-01" '"military":16700' -- timeline MONUC --on 2004-10-01
expect "12 206 of 16 700" '"component":"military","persons":12206' '"ceiling":16700' -- strength MONUC --on 2004-12-31
say "That is. What did we believe before the return of December came in, at revision $before_return?"
ask strength MONUC --on 2004-12-31 --known-at "$before_return"
expect "12 216, from a count of 9 December" '"component":"military","persons":12216' '"basis":"total"' -- strength MONUC --on 2004-12-31 --known-at "$before_return"

heading "5. A ceiling that goes down in steps: UNAMID"
for step in "2017-12-31 11395 2888" "2018-07-12 8735 2500" "2018-07-13 4050 2500"; do
	read -r on military police <<<"$step"
	ask timeline UNAMID --on "$on"
	expect "$(grouped "$military") and $(grouped "$police") on $on" "\"military\":$military,\"police\":$police" -- timeline UNAMID --on "$on"
done

heading "6. Every operation on one day, and what was wrong on it"
ask overview --on 2005-03-30
ask alerts --on 2005-03-30
expect "more troops in Cyprus than the ceiling, for 30 days" '"CEIL_OVER"' '"UNFICYP:military"' '"alarm"' '"since":"2005-02-28"' '"persons":894' '"ceiling":860' -- alerts --on 2005-03-30
expect "no return from MONUC for 45 days and more" '"DEP_STALE"' '"MONUC:military"' -- alerts --on 2005-03-30

heading "7. Alerts open and close (an operation made up for this)"
today=$(mandatectl --format json status | sed -n 's/.*"day":"\([^"]*\)".*/\1/p')
day() { date -u -d "$today $1 days" +%F; }
end=$(day +20)
cat >mandate.jsonl <<-END
	{"operation":{"acronym":"EXERCISE","kind":"un_pko","mandate_series_from":"$(day -10)","mandate_series_to":"to_end"}}
	{"instrument":{"operation":"EXERCISE","party":"UNSC","document":"EX/1","action":"establish","adopted":"$(day -10)","valid_until":"$end","ceilings":[{"component":"military","persons":1000}]}}
END
counts() { # OF_BGD OF_RWA
	printf '"covers":["military"],"counts":[%s,%s]' \
		"{\"contributor\":\"BGD\",\"component\":\"military\",\"persons\":$1}" \
		"{\"contributor\":\"RWA\",\"component\":\"military\",\"persons\":$2}"
}
say "A mandate of 1 000 soldiers that ends in 20 days, on $end:"
prompt "cat mandate.jsonl"
cat mandate.jsonl
send 0 "2 accepted, 0 unchanged, 0 refused, 0 not taken" --profile field push mandate.jsonl
stream 4
expect_stream "MAND_EXPIRING opened" "alert opened: warn MAND_EXPIRING EXERCISE:UNSC:$end"
say "A return of 1 060:"
echo "{\"return\":{\"operation\":\"EXERCISE\",\"as_of\":\"$today\",$(counts 530 530)}}" >return.jsonl
prompt "cat return.jsonl"
cat return.jsonl
send 0 "1 accepted, 0 unchanged, 0 refused, 0 not taken" --profile field push return.jsonl
stream 4
expect_stream "CEIL_OVER opened" "alert opened: warn CEIL_OVER EXERCISE:military, 1 060 against 1 000"
believed=$(revision)
say "A battalion was counted with those it relieved. The second edition, 960:"
echo "{\"action\":\"correct\",\"record\":{\"return\":{\"operation\":\"EXERCISE\",\"as_of\":\"$today\",$(counts 530 430)}}}" >correction.jsonl
prompt "cat correction.jsonl"
cat correction.jsonl
send 0 "1 accepted, 0 unchanged, 0 refused, 0 not taken" --profile field push correction.jsonl
stream 4
expect_stream "CEIL_OVER closed as corrected" "alert closed: warn CEIL_OVER EXERCISE:military.*\(corrected\)"
say "And the mandate is extended:"
echo "{\"instrument\":{\"operation\":\"EXERCISE\",\"party\":\"UNSC\",\"document\":\"EX/2\",\"action\":\"extend\",\"adopted\":\"$today\",\"valid_until\":\"$(day +200)\"}}" >extension.jsonl
prompt "cat extension.jsonl"
cat extension.jsonl
send 0 "1 accepted, 0 unchanged, 0 refused, 0 not taken" --profile field push extension.jsonl
stream 4
expect_stream "MAND_EXPIRING closed as superseded" "alert closed: warn MAND_EXPIRING EXERCISE:UNSC:$end.*\(superseded\)"
say "What is, and what did we believe at revision $believed:"
ask alerts --operation EXERCISE
[ -z "$(mandatectl --format json alerts --operation EXERCISE)" ] || fail "an alert of EXERCISE is open"
ok "nothing is open"
ask alerts --operation EXERCISE --known-at "$believed"
expect "1 060 against 1 000 was believed" '"CEIL_OVER"' '"persons":1060' '"ceiling":1000' -- alerts --operation EXERCISE --known-at "$believed"
ask history return "EXERCISE:$today"

heading "8. kill -9 while $(grouped $BACKLOG) returns are under way"
midnight_s=$(date -u -d "$today" +%s) content=$(counts 530 430)
for ((i = 1; i <= BACKLOG; i++)); do
	TZ=UTC printf '{"return":{"operation":"EXERCISE","as_of":"%(%F)T",%s}}\n' $((midnight_s - i * 86400)) "$content"
done >backlog.jsonl
before=$(revision)
head_before=$(mandatectl head)
prompt "mandatectl --profile field push --window 8 backlog.jsonl &"
mandatectl --profile field --format table --timeout "$PATIENCE_S" push --window 8 backlog.jsonl >pushed 2>push.log &
pusher=$!
until_true "the backlog under way" followed $((before + BACKLOG / 4))
prompt "kill -9 $daemon"
kill -9 "$daemon"
wait "$daemon" 2>/dev/null || true
say "The headquarters had $(wc -l <stream) events. The daemon is started again, nothing else is done:"
start_daemon "$endpoint"
wait "$pusher" || fail "the push ended with $?: $(cat push.log)"
pusher=''
cat pushed
grep -qxF "$(grouped $BACKLOG) accepted, 0 unchanged, 0 refused, 0 not taken" pushed || fail "not all of the backlog was accepted"
ok "the push went on by itself: every return accepted"
stream 2
[ "$(revision)" = $((before + BACKLOG)) ] || fail "$BACKLOG returns made $(($(revision) - before)) revisions"
ok "once each: revision $(grouped "$before") + $(grouped $BACKLOG) = $(grouped $((before + BACKLOG)))"
awk '$1 != NR { exit 1 }' stream || fail "the stream has a gap"
ok "the headquarters resumed by itself: 1 to $(grouped "$(revision)") without a gap"

heading "9. The same again: nothing happens twice"
send 0 "0 accepted, $(grouped $BACKLOG) unchanged, 0 refused, 0 not taken" --profile field push backlog.jsonl
send 0 "0 accepted, 221 unchanged, 0 refused, 0 not taken" "${field[@]}" mandates data/mandates.csv
[ "$(revision)" = $((before + BACKLOG)) ] || fail "unchanged facts used revisions"
ok "still revision $(grouped $((before + BACKLOG)))"

heading "10. Proof"
ask verify --head "$head_before"
ask status
say "The headquarters stops; what it saw is the chain of the daemon:"
kill "$follower"
wait "$follower" || fail "the headquarters ended with $?: $(cat follow.log)"
follower=''
sed 's/^/HQ | /' follow.log
grep -qF "chain verified up to $(mandatectl head)" follow.log || fail "the headquarters is somewhere else"
ok "same revision, same hash"

heading "$checks checks held, in $((($(date +%s%3N) - start_ms + 500) / 1000)) s."
