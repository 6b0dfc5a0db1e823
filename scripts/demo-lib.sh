# shellcheck shell=bash
# The parts of the demo: namespaces, calls of the plugin, proofs. demo.sh sources this file and sets policy and tmp.

# shellcheck disable=SC2154,SC2016

spaces=() proofs=0 failures=0
prefix=braid-demo-$$-
bold='' green='' red='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'; fi

title() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
say() { printf '  %s\n' "$*"; }
indent() { sed 's/^/  /'; }
milliseconds() { local now=${EPOCHREALTIME/[.,]/}; echo $((now / 1000)); }

cleanup() {
  for space in "${spaces[@]}"; do ip netns delete "$prefix$space" 2>/dev/null || :; done
  [ -z "${tmp:-}" ] || rm -rf "$tmp"
  umount -l /var/lib/cni
  [ "$BRAID_DEMO_INSIDE" = no ] || rmdir --ignore-fail-on-non-empty /var/lib/cni
}

make_namespace() { # NAME...
  for space; do
    ip netns add "$prefix$space"
    spaces+=("$space")
  done
}

at() { # NAMESPACE COMMAND...
  nsenter --net="/run/netns/$prefix$1" -- "${@:2}"
}

make_lan() { # LAN NIC LAN-ADDRESS [NODE-ADDRESS]: a NIC of the node, and the host at the other end of its wire
  at node ip link add "$2" type veth peer name eth0 netns "$prefix$1"
  at node ip link set lo up
  # The kernel adds link-local addresses some time after a link. Without them, the state before a Pod does not change by itself.
  at node ip link set "$2" addrgenmode none up
  at "$1" ip link set lo up
  at "$1" ip link set eth0 addrgenmode none up
  at "$1" ip address add "$3" dev eth0
  [ -z "${4:-}" ] || at node ip address add "$4" dev "$2"
}

# Everything in a namespace, without counters and other values that the kernel changes by itself.
dump() { # NAMESPACE
  local still='walk(if type == "object" then del(.operstate, .valid_life_time, .preferred_life_time, .tentative, .gc_timer,
    .hello_timer, .bridge_id, .root_id) else . end) | .[]'
  at "$1" ip -details -json link show | jq -c "$still"
  at "$1" ip -json address show | jq -c "$still"
  for family in -4 -6; do
    at "$1" ip "$family" route show table all
    at "$1" ip "$family" rule show
  done
  at "$1" ip neighbour show nud permanent
  # Braid's table stays, with its constant rules. A Pod's part of it is elements.
  at "$1" nft list ruleset | grep elements || :
}

# Calls a plugin as containerd does: the environment, the configuration on stdin, in the node's namespace.
plugin() { # PLUGIN IFNAME COMMAND POD NAME CONFIGURATION
  at node env -i PATH="$PATH" CNI_COMMAND="$3" CNI_CONTAINERID="demo-$5" CNI_NETNS="/run/netns/$prefix$4" CNI_IFNAME="$2" \
    CNI_PATH="$tmp/bin" \
    CNI_ARGS="IgnoreUnknown=1;K8S_POD_NAMESPACE=db;K8S_POD_NAME=$5;K8S_POD_INFRA_CONTAINER_ID=demo-$5;K8S_POD_UID=uid-$5" \
    "$tmp/bin/$1" <<<"$6"
}

cni() { # COMMAND POD NAME [ANNOTATIONS [PORT-MAPPINGS]]
  local annotations=${4:-null} ports=${5:-[]}
  plugin braid eth0 "$1" "$2" "$3" '{"cniVersion":"1.0.0","name":"braid","type":"braid","policy":"'"$policy"'",
    "capabilities":{"io.kubernetes.cri.pod-annotations":true,"portMappings":true},
    "runtimeConfig":{"io.kubernetes.cri.pod-annotations":'"$annotations"',"portMappings":'"$ports"'}}'
}

sandbox() { # POD NAME: a Pod's namespace as a runtime prepares it, its lo brought up by the plugin called loopback
  make_namespace "$1"
  plugin loopback lo ADD "$1" "$2" '{"cniVersion":"1.0.0","name":"cni-loopback","type":"loopback"}' >/dev/null
}

add() { # POD NAME ANNOTATIONS [PORT-MAPPINGS]: calls ADD and shows what came out
  local begin
  begin=$(milliseconds)
  title "ADD db/$2 $3"
  if ! cni ADD "$1" "$2" "$3" "${4:-[]}" >"$tmp/$1.result"; then
    say "${red}failed:${plain} $(jq -r '"\(.msg) \(.details // "")"' "$tmp/$1.result" 2>/dev/null || cat "$tmp/$1.result")"
    exit 1
  fi
  say "rule: $(jq -r .rule "/var/lib/cni/braid/records/demo-$2@eth0.json"); answered in $(($(milliseconds) - begin)) ms"
  show "$1"
}

show() { # POD: its interfaces, addresses and routes, as the kernel reports them
  at "$1" ip -details -json address show | jq -r '.[] | "  \(.ifname)\t\(.linkinfo.info_kind // "loopback")\tmtu \(.mtu)\t\(
    [.addr_info[] | select(.scope != "link") | "\(.local)/\(.prefixlen)"] | join("  "))"'
  for family in -4 -6; do
    at "$1" ip "$family" -json route show | jq -r '.[] | select((.dst | startswith("fe80:") | not) and .dst != "ff00::/8")
      | "  route\t\(.dst) \(if .gateway then "via \(.gateway) " else "" end)dev \(.dev)"'
  done
}

remove() { # POD NAME
  local begin
  begin=$(milliseconds)
  prove "DEL db/$2" cni DEL "$1" "$2"
  say "     in $(($(milliseconds) - begin)) ms"
}

addresses() { # POD INTERFACE
  jq -r --arg name "$2" '.interfaces as $all | .ips[] | select($all[.interface] | .name == $name and (.sandbox // "") != "")
    | .address | sub("/.*"; "")' "$tmp/$1.result"
}

# Every gateway in the kernel's routes or in the result. The gateway on net1 is the LAN's host.
gateways() { # POD
  { at "$1" ip -json route show | jq -r '.[].gateway // empty'
    jq -r '.ips[].gateway // empty' "$tmp/$1.result"; } | sort -u
}

prove() { # TEXT COMMAND...: one line, with the command's output if it fails
  local output
  proofs=$((proofs + 1))
  if output=$("${@:2}" 2>&1); then
    say "${green}ok${plain}   $1"
  else
    failures=$((failures + 1))
    say "${red}FAIL${plain} $1"
    cut -c 1-200 <<<"$output" | indent | indent
  fi
}

pings() { # TEXT NAMESPACE ADDRESS
  prove "$1: $3" at "$2" ping -n -q -c 1 -W 2 "$3"
}

reaches() { # TEXT CLIENT ADDRESS PORT POD: a program in the Pod answers a client that calls the node's address and port
  local server
  at "$5" timeout 10 nc -N -l 80 <<<"hello from $5" >/dev/null &
  server=$!
  for _ in {1..50}; do [ -z "$(at "$5" ss -Hltn 'sport = :80')" ] || break; sleep 0.1; done
  prove "$1: $3 port $4" at "$2" timeout 5 bash -c "exec 3<>/dev/tcp/$3/$4 && grep -q 'hello from $5' <&3"
  kill "$server" 2>/dev/null || :
  wait "$server" 2>/dev/null || :
}

silent() { # NAMESPACE ADDRESS PORT
  ! at "$1" timeout 2 bash -c "exec 3<>/dev/tcp/$2/$3" 2>/dev/null
}

well_formed() { # POD: what runtimes rely on
  prove "$1's result: CNI_IFNAME's address first, every index in range, one default route" jq -e '
    .interfaces as $all | ([$all[] | select(.sandbox) | .name] == ["eth0", "net1", "net2"])
    and $all[.ips[0].interface].name == "eth0"
    and all(.ips[].interface; . >= 0 and . < ($all | length))
    and ([.routes[]? | select(.dst == "0.0.0.0/0")] | length) == 1' "$tmp/$1.result"
}

refused() { # POD NAME
  local answer
  ! answer=$(cni ADD "$1" "$2") && jq -e '.code > 0 and .msg != ""' <<<"$answer"
}

unchanged() { # NAMESPACE
  diff "$tmp/$1.before" <(dump "$1")
}

nothing_kept() { # but locks, the boot that was seen to, with its mark, where its search goes on, and when its index was made
  find /var/lib/cni -type f ! -name lock ! -name bridges ! -name boot ! -name braid.mark ! -name 'last_reserved_ip.*' ! -path '*/.braid/stamp' | diff /dev/null -
}
