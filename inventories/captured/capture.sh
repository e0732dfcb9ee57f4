#!/usr/bin/env bash
# Capture libvirt hosts as raw documents, each exactly as the tool printed it, into an inventory directory.
#
#   capture.sh [--with-firmware] DIR NAME=URI... [-- PREFIX...]
#
#   DIR       the inventory; documents go to DIR/hosts/NAME/, what was there before is overwritten, never removed
#   NAME=URI  a host's name in the inventory and the libvirt URI under which virsh reaches it
#   PREFIX    a command that runs its arguments on the host, virsh included; every {} in it becomes NAME
#
#   capture.sh inventories/prod h1=qemu:///system h2=qemu:///system -- ssh root@{}
#   capture.sh inventories/prod here=qemu:///system                    this machine
#   capture.sh inventories/prod h1=qemu+ssh://root@h1/system           no PREFIX: only what virsh can tell
#
# Needs virsh, awk, sed and grep; bash only here, nothing but plain commands on the host. Reads, changes nothing.
# A document that cannot be had is left out and named on stderr. Altered are only these, see the lines below:
#   dmidecode.txt  serial numbers, UUIDs and asset tags read "Not Specified"
#   dmesg.txt      only the lines about the CPU, KVM, the interrupt controller and the IOMMU
#   qemu.conf      without comments and empty lines
# firmware/packages.txt lists what the firmware packages installed; --with-firmware also copies the descriptors
# themselves, which belong to the distribution: look at their licence before you hand the inventory on.
set -uo pipefail

# The machine types asked for; every other name is an older version of one of these or an embedded board.
machines='pc q35 virt'
arches='x86_64 aarch64'
descriptors=/usr/share/qemu/firmware
# Only root may read it.
cache=/var/cache/libvirt/qemu/capabilities

usage() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p;}' "$0" >&2; exit 2; }

with_firmware=
[[ ${1:-} == --with-firmware ]] && { with_firmware=1; shift; }
(($# >= 2)) || usage
dir=$1; shift
hosts=()
while (($#)) && [[ $1 != -- ]]; do
  [[ $1 == ?*=?* ]] || usage
  hosts+=("$1"); shift
done
((${#hosts[@]})) || usage
prefix=("${@:2}")
errors=$(mktemp) || exit 1
trap 'rm -f "$errors"' EXIT

# on_host COMMAND...: run it there, away from the standard input of the loops below.
on_host() { "${here[@]}" "$@" </dev/null; }
virsh_() { on_host virsh -c "$uri" "$@"; }
# For what virsh would say in the language of the host.
plain_() { on_host env LC_ALL=C virsh -c "$uri" "$@"; }

# keep FILE COMMAND...: its standard output becomes a document of the host, unless it fails or says nothing.
keep() {
  local file=$root/$1; shift
  mkdir -p "${file%/*}"
  if "$@" >"$file.part" 2>"$errors" && [[ -s $file.part ]]; then
    mv "$file.part" "$file"
  else
    rm -f "$file.part"; rmdir "${file%/*}" 2>/dev/null
    echo "$name: no ${file#"$root"/}: $(tr '\n' ' ' <"$errors")" >&2
  fi
}

# block_jobs GUEST: the jobs on its disks, one disk after the other.
block_jobs() {
  local target
  for target in $(virsh_ -q domblklist "$1" | awk '{ print $1 }'); do
    plain_ blockjob "$1" "$target" --raw || return
  done
  echo
}

# images GUEST: the files of its disks, and the files below them. -U: of a guest that runs, too.
images() {
  local file
  virsh_ -q domblklist "$1" --details | awk '$1 == "file" && $2 == "disk" { sub(/^ *[^ ]+ +[^ ]+ +[^ ]+ +/, ""); print }' |
    while read -r file; do on_host qemu-img info -U --backing-chain "$file"; done
}

# combinations <capabilities.xml: one line 'arch virttype machine emulator' for each that the host offers.
combinations() {
  awk -v machines=" $machines " -v arches=" $arches " -F"[<>]" '
    function attribute(name) { return match($0, " " name "=\x27[^\x27]*") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3) : "" }
    $2 ~ /^arch name=/ { arch = attribute("name"); emulator = type = ""; n = 0; split("", emulators); split("", seen) }
    arch == "" { next }
    $2 == "emulator" { if (type == "") emulator = $3; else emulators[type] = $3 }
    $2 ~ /^machine/ && index(machines, " " $3 " ") && !seen[$3]++ { names[++n] = $3 }
    $2 ~ /^domain type=/ { type = attribute("type"); types[type] = 1 }
    $2 == "/arch" {
      if (index(arches, " " arch " "))
        for (type in types) for (i = 1; i <= n; i++)
          print arch, type, names[i], (type in emulators ? emulators[type] : emulator)
      arch = ""; split("", types)
    }' | sort
}

# Either tool may be missing, and either package: whatever lists something counts.
firmware_packages() {
  { on_host dpkg -L ovmf qemu-efi-aarch64; on_host rpm -ql edk2-ovmf edk2-aarch64; :; } |
    grep '^/usr/share/' | grep -v '^/usr/share/doc'
}
dmi() { on_host dmidecode | sed -E 's/^([[:space:]]*(Serial Number|UUID|Asset Tag):).*/\1 Not Specified/'; }
kernel_log() {
  on_host dmesg | grep -v 'ommand line' |
    grep -Ei 'kvm|\bsvm\b|\bvmx\b|iommu|dmar|smmu|\bgic|x86/cpu|CPU features|Booting Linux on physical CPU|\bsve\b'
}
qemu_conf() { on_host cat /etc/libvirt/qemu.conf | grep -Ev '^[[:space:]]*(#|$)'; }

capture() {
  name=$1 uri=$2 root=$dir/hosts/$1
  here=("${prefix[@]//'{}'/$name}")
  mkdir -p "$root"

  keep capabilities.xml virsh_ capabilities
  [[ -e $root/capabilities.xml ]] || return 1
  while read -r arch type machine emulator; do
    keep "domcapabilities/$arch-$type-$machine.xml" \
      virsh_ domcapabilities --emulatorbin "$emulator" --arch "$arch" --virttype "$type" --machine "$machine"
  done < <(combinations <"$root/capabilities.xml")
  keep version.txt virsh_ version --daemon
  keep nodeinfo.txt virsh_ nodeinfo
  keep freepages.txt virsh_ freepages --all
  keep net-list.txt virsh_ net-list
  keep pool-list.txt virsh_ pool-list
  keep nwfilter-list.txt virsh_ nwfilter-list
  keep secret-list.txt virsh_ secret-list
  keep list.txt plain_ list --all
  keep snapshots.txt virsh_ list --all --with-snapshot --name
  keep checkpoints.txt virsh_ list --all --with-checkpoint --name
  keep managed-save.txt virsh_ list --all --with-managed-save --name

  local object
  for object in $(virsh_ -q net-list --all --name); do keep "networks/$object.xml" virsh_ net-dumpxml "$object"; done
  for object in $(virsh_ -q pool-list --all --name); do keep "pools/$object.xml" virsh_ pool-dumpxml "$object"; done
  for object in $(virsh_ -q list --all --uuid); do
    guest=$(virsh_ -q domname "$object") || continue
    keep "guests/$guest.xml" virsh_ dumpxml --inactive "$object"
    keep "guests/$guest.domstate.txt" plain_ domstate --reason "$object"
    grep -q '^shut off' "$root/guests/$guest.domstate.txt" 2>/dev/null && continue
    keep "guests/$guest.live.xml" virsh_ dumpxml "$object"
    keep "guests/$guest.domjobinfo.txt" plain_ domjobinfo "$object"
    keep "guests/$guest.blockjob.txt" block_jobs "$object"
  done

  # Without a prefix, commands run on this machine: right only if it is the host.
  ((${#prefix[@]})) || [[ $uri == qemu:///* ]] || return 0
  keep ip-address.txt on_host ip address
  keep mounts.txt on_host cat /proc/mounts
  for object in $(virsh_ -q list --all --uuid); do
    guest=$(virsh_ -q domname "$object") && keep "guests/$guest.qemu-img.txt" images "$object"
  done
  keep lscpu.txt on_host lscpu
  keep cpuinfo.txt on_host cat /proc/cpuinfo
  keep os-release on_host cat /etc/os-release
  keep uname.txt on_host uname -a
  keep lsmod.txt on_host lsmod
  keep dmidecode.txt dmi
  keep dmesg.txt kernel_log
  keep qemu.conf qemu_conf
  keep firmware/packages.txt firmware_packages
  for object in $(on_host ls "$cache" 2>/dev/null); do
    [[ $object == *.xml ]] && keep "qemu-capabilities/$object" on_host cat "$cache/$object"
  done
  [[ $with_firmware ]] || return 0
  for object in $(on_host ls "$descriptors"); do keep "firmware/$object" on_host cat "$descriptors/$object"; done
}

failed=0
for host in "${hosts[@]}"; do
  capture "${host%%=*}" "${host#*=}" || failed=1
done
exit $failed
