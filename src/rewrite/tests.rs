//! The passes, each on made-up fragments.

use super::*;
use crate::model::VirtType;

/// A made-up domain of x86 with `inner` between its name and its end.
fn x86(inner: &str) -> String {
    format!(
        "<domain type='kvm'>\n  <name>made-up</name>\n  <vcpu>2</vcpu>\n  <os>\n    \
         <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n  </os>\n{inner}\n</domain>\n"
    )
}

fn virt(attributes: &str, inner: &str) -> String {
    format!(
        "<domain type='kvm'>\n  <name>made-up</name>\n  <vcpu>2</vcpu>\n  <os{attributes}>\n    \
         <type arch='aarch64' machine='virt-2.12'>hvm</type>\n  </os>\n{inner}\n</domain>\n"
    )
}

fn devices(inner: &str) -> String {
    x86(&format!("  <devices>\n{inner}\n  </devices>"))
}

fn profile(name: &str, virt_type: VirtType) -> Profile {
    Profile::named(name, virt_type).unwrap()
}

/// What becomes of `text` on the newest target under KVM.
fn done(text: &str) -> Rewrite {
    done_for(text, &profile("aarch64-virt", VirtType::Kvm))
}

fn done_for(text: &str, profile: &Profile) -> Rewrite {
    let done = rewrite(text, profile).unwrap();
    assert_eq!(rewrite(&done.text, profile).unwrap().text, done.text, "twice");
    done
}

#[track_caller]
fn has(done: &Rewrite, part: &str) {
    assert!(done.text.contains(part), "no {part} in {}", done.text);
}

#[track_caller]
fn lacks(done: &Rewrite, part: &str) {
    assert!(!done.text.contains(part), "{part} in {}", done.text);
}

#[track_caller]
fn asks(done: &Rewrite, rule: &str) {
    assert!(done.steps.iter().any(|step| step.rule == rule), "no step {rule} in {:?}", done.steps);
}

#[test]
fn what_is_no_domain_is_refused() {
    let profile = profile("aarch64-virt", VirtType::Kvm);
    assert!(matches!(rewrite("<domain>", &profile), Err(RewriteError::Xml(_))));
    assert_eq!(rewrite("<network/>", &profile), Err(RewriteError::NotADomain("network".into())));
    assert_eq!(rewrite("<domain/>", &profile), Err(RewriteError::NoType));
}

#[test]
fn a_guest_that_is_right_is_left_alone() {
    let text = virt(
        " firmware='efi'",
        "  <cpu mode='host-passthrough'/>\n  <devices>\n    <video><model type='virtio'/></video>\n  </devices>",
    );
    let done = done(&text);
    assert_eq!((done.text.as_str(), done.edits.len(), done.steps.len()), (text.as_str(), 0, 0));
}

#[test]
fn native_guests_get_what_the_target_asks_for() {
    let text = virt(
        " firmware='efi'",
        "  <cpu mode='custom' match='exact'>\n    <model>cortex-a57</model>\n  </cpu>",
    );
    has(&done(&text), "<cpu mode='host-passthrough'/>");
    let kunpeng = done_for(&text, &profile("kunpeng-qemu-2.12", VirtType::Kvm));
    has(&kunpeng, "<loader readonly='yes' type='pflash'>/usr/share/AAVMF/AAVMF_CODE.fd</loader>");
    lacks(&kunpeng, "firmware='efi'");
    let emulated = virt("", "  <cpu mode='host-passthrough' migratable='on'/>");
    let emulated = done_for(&emulated, &profile("debian-12-aarch64", VirtType::Qemu));
    has(&emulated, "<model fallback='forbid'>cortex-a72</model>");
    has(&emulated, "<domain type='qemu'>");
}

#[test]
fn files_beside_automatic_firmware_go_where_libvirt_refuses_them() {
    let text = virt(" firmware='efi'", "").replace(
        "  </os>",
        "    <loader readonly='yes' type='pflash'>/code.fd</loader>\n    <nvram template='/t' format='raw'>/vars.fd</nvram>\n  </os>",
    );
    assert_eq!(done(&text).text, text);
    let debian = done_for(&text, &profile("debian-12-aarch64", VirtType::Kvm));
    has(&debian, "<nvram>/vars.fd</nvram>");
    lacks(&debian, "<loader");
}

#[test]
fn firmware_becomes_uefi_without_keys() {
    let text = x86("").replace(
        "  </os>",
        "    <loader secure='yes' type='pflash'>/ovmf</loader>\n    <nvram>/vars</nvram>\n    <bios useserial='yes'/>\n  </os>",
    );
    let done = done(&text);
    has(&done, "<os firmware='efi'>");
    has(&done, "<feature enabled='no' name='secure-boot'/>");
    assert!(["ovmf", "nvram", "useserial"].iter().all(|gone| !done.text.contains(gone)));
    asks(&done, "nvram-contents");
    asks(&done, "x86-guest-disk");
}

#[test]
fn features_and_timers_of_a_pc_go() {
    let text = x86(
        "  <features><acpi/><apic/><!-- kept --><smm state='on'/><vmcoreinfo state='on'/></features>\n  \
         <clock offset='utc'><timer name='kvmclock' present='no'/></clock>\n  <pm><suspend-to-disk enabled='no'/></pm>",
    );
    let done = done(&text);
    has(&done, "<features><acpi/><!-- kept --><vmcoreinfo state='on'/></features>");
    has(&done, "<clock offset='utc'/>");
    lacks(&done, "<pm>");
}

#[test]
fn memory_devices_need_acpi() {
    let done = done(&x86(
        "  <features>\n    <pae/>\n  </features>\n  <devices>\n    <memory model='dimm'/>\n  </devices>",
    ));
    has(&done, "<features>\n    <acpi/>\n  </features>");
    let memory = devices("    <memory model='dimm'/>");
    has(&self::done(&memory), "<features>\n    <acpi/>\n  </features>");
    let many = self::done(&memory.replace("<vcpu>2<", "<vcpu>9<"));
    has(&many, "<features>\n    <acpi/>\n    <gic version='3'/>\n  </features>");
    let native = rewrite(
        &virt(
            "",
            "  <clock offset='utc'>\n    <timer name='kvmclock'/>\n    <timer name='rtc'/>\n  </clock>",
        ),
        &profile("aarch64-virt", VirtType::Kvm),
    );
    has(&native.unwrap(), "<clock offset='utc'>\n    <timer name='rtc'/>\n  </clock>");
}

#[test]
fn more_than_eight_vcpus_need_gic_3() {
    let text = x86("  <features/>").replace("<vcpu>2</vcpu>", "<vcpu current='4' cpuset='0-3'>16</vcpu>");
    let done = done(&text);
    has(&done, "<features>\n    <gic version='3'/>\n  </features>");
    has(&done, "<vcpu>16</vcpu>");
    asks(&done, "host-pinning");
    let mut old = profile("aarch64-virt", VirtType::Qemu);
    old.gic_versions = vec![2];
    assert!(done_for(&text, &old).is_blocked());
}

#[test]
fn disks_go_on_scsi_without_clashes() {
    let disk = |bus: &str, dev: &str| {
        format!(
            "    <disk type='file' device='disk'>\n      <target dev='{dev}' bus='{bus}'/>\n    </disk>\n"
        )
    };
    let text =
        devices(&(disk("ide", "hda") + &disk("sata", "sda") + &disk("scsi", "sdb") + &disk("virtio", "vda")));
    let done = done(&text);
    let names = ["'sdc' bus='scsi'", "'sda' bus='scsi'", "'sdb' bus='scsi'", "'vda' bus='virtio'"];
    for name in names {
        has(&done, name);
    }
    has(&done, "<controller type='scsi' index='0' model='virtio-scsi'/>");
    has(&done, "controller='0' bus='0' target='0' unit='2'");
    asks(&done, "disk-name");
    assert_eq!(done.budget.scsi, [ScsiLine { controller: 0, taken: 3, places: 256 }]);
}

#[test]
fn of_a_controller_it_is_said_whether_disks_are_on_it() {
    let controllers = "    <controller type='sata' index='0'/>\n    <controller type='sata' index='1'/>\n";
    let of = |disk: &str| {
        let done = done(&devices(&(controllers.to_owned() + disk)));
        let edits = done.edits.iter().filter(|edit| edit.rule == "x86-controller");
        edits.map(|edit| edit.reason.starts_with("its disks go")).collect::<Vec<_>>()
    };
    assert_eq!(of("    <disk type='file'><target dev='vda' bus='virtio'/></disk>"), [false, false]);
    assert_eq!(of("    <disk type='file'><target dev='sda' bus='sata'/></disk>"), [true, false]);
    let addressed =
        "    <disk type='file'><target dev='sda' bus='sata'/><address type='drive' controller='1'/></disk>";
    assert_eq!(of(addressed), [false, true]);
}

#[test]
fn floppies_and_passed_through_devices_are_steps() {
    let done = done(&devices(
        "    <disk device='floppy'><target dev='fda'/></disk>\n    <hostdev type='usb'/>\n    <interface type='hostdev'/>",
    ));
    asks(&done, "floppy-disk");
    asks(&done, "passthrough-device");
    assert!(["fda", "hostdev"].iter().all(|gone| !done.text.contains(gone)));
    let given_again = done.steps.iter().filter(|step| step.rule == "passthrough-device");
    for step in given_again {
        assert!(step.text.contains("of the target in the new domain XML, which has lost"), "{}", step.text);
    }
}

#[test]
fn a_target_without_spice_gets_vnc() {
    let text = devices(
        "    <channel type='spicevmc'><target type='virtio'/></channel>\n    <redirdev bus='usb' type='spicevmc'/>\n    \
         <graphics type='spice' tlsPort='-1' autoport='yes'>\n      <image compression='off'/>\n    </graphics>\n    \
         <audio id='1' type='spice'/>",
    );
    let done = done_for(&text, &profile("rhel-aarch64", VirtType::Kvm));
    has(&done, "<graphics type='vnc' autoport='yes'/>");
    has(&done, "<audio id='1' type='none'/>");
    lacks(&done, "spice");
    asks(&done, "spice-graphics");
}

#[test]
fn without_usb_inputs_are_virtio() {
    let done = done(&devices(
        "    <controller type='usb' model='none'/>\n    <input type='mouse' bus='ps2'/>\n    <sound model='ac97'/>",
    ));
    has(&done, "<input type='tablet' bus='virtio'/>");
    assert!(["qemu-xhci", "sound"].iter().all(|gone| !done.text.contains(gone)));
}

#[test]
fn models_are_named() {
    let done = done(&devices(
        "    <interface type='user'/>\n    <serial type='pty'/>\n    <graphics type='vnc'/>\n    \
         <iommu model='intel'><driver intremap='on'/></iommu>\n    <tpm><backend type='emulator' version='1.2'/></tpm>",
    ));
    has(&done, "<model type='virtio'/>\n    </interface>");
    has(&done, "<model name='pl011'/>");
    has(&done, "<video>\n      <model type='virtio'/>\n    </video>");
    has(&done, "<iommu model='smmuv3'/>");
    has(&done, "<tpm model='tpm-tis'><backend type='emulator' version='2.0'/></tpm>");
    asks(&done, "tpm-state");
}

#[test]
fn an_operators_alias_stays() {
    let done = done(&devices(
        "    <rng model='virtio'>\n      <alias name='rng0'/>\n      <backend model='random'>/dev/urandom</backend>\n    </rng>\n    \
         <memballoon model='virtio'><alias name='ua-balloon'/></memballoon>",
    ));
    lacks(&done, "rng0");
    has(&done, "<alias name='ua-balloon'/>");
}

#[test]
fn openstack_has_fewer_ports() {
    let nova = "  <metadata>\n    <nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'/>\n  </metadata>";
    let done = done(&x86(&format!("{nova}\n  <devices>\n    <rng model='virtio'/>\n  </devices>")));
    assert_eq!((done.budget.limit, done.budget.used(), done.budget.free()), (28, 2, 4));
    has(&done, "xmlns:nova");
}

#[test]
fn what_does_not_fit_blocks() {
    let many = "    <rng model='virtio'/>\n".repeat(20);
    let done = done_for(&devices(&many), &profile("kunpeng-qemu-2.12", VirtType::Kvm));
    assert!(done.is_blocked());
    assert!(done.notices.iter().any(|notice| notice.rule == "pcie-ports-exhausted"), "{:?}", done.notices);
}

#[test]
fn a_full_controller_is_followed_by_another() {
    let disk = |nth: u32| {
        format!("    <disk>\n      <target dev='vd{}' bus='virtio'/>\n    </disk>\n", letters(nth))
    };
    let done = done_for(
        &devices(&(0..300).map(disk).collect::<String>()),
        &profile("kunpeng-qemu-2.12", VirtType::Kvm),
    );
    assert!(!done.is_blocked(), "{}", done.budget);
    // 15 ports: USB, two controllers, a memory balloon is not named; 12 disks keep theirs.
    let line = |controller, taken| ScsiLine { controller, taken, places: 256 };
    assert_eq!((done.budget.used(), done.budget.scsi.clone()), (15, vec![line(0, 256), line(1, 32)]));
    has(&done, "<controller type='scsi' index='1' model='virtio-scsi'/>");
    has(&done, "<address type='drive' controller='0' bus='0' target='31' unit='7'/>");
    has(&done, "<address type='drive' controller='1' bus='0' target='3' unit='7'/>");
}

/// `a`, …, `z`, `aa`, …
fn letters(nth: u32) -> String {
    let letter = |n: u32| char::from_u32(u32::from('a') + n).unwrap();
    if nth < 26 { letter(nth).to_string() } else { letters(nth / 26 - 1) + &letter(nth % 26).to_string() }
}

#[test]
fn disks_on_scsi_move_up_to_where_uefi_looks() {
    let disk = |dev: &str, address: &str| {
        format!("    <disk>\n      <target dev='{dev}' bus='scsi'/>\n{address}    </disk>\n")
    };
    let at = |target, unit| {
        format!("      <address type='drive' controller='1' bus='0' target='{target}' unit='{unit}'/>\n")
    };
    let done = done(&devices(&(disk("sdx", &at(3, 0)) + &disk("sdy", &at(0, 6)) + &disk("sdb", ""))));
    has(&done, &disk("sdx", &at(0, 1)));
    has(&done, &disk("sdy", &at(0, 0)));
    has(&done, "<address type='drive' controller='0' bus='0' target='0' unit='0'/>");
}

#[test]
fn devices_of_q35_itself_take_slots_from_its_root_ports() {
    let limit = |inner: &str| on_q35(&devices(inner)).budget.limit;
    let (video, sound) = ("<video><model type='virtio'/></video>", "<sound model='ich9'/>");
    assert_eq!(limit("<memballoon model='none'/>"), 240);
    assert_eq!([limit(video), limit(sound), limit(&(video.to_owned() + sound))], [232, 232, 224]);
    assert_eq!(
        limit("<controller type='usb' model='ich9-ehci1'/><controller type='usb' model='ich9-uhci1'/>"),
        232
    );
    let addressed = "<rng><address type='pci' bus='0x00' slot='0x1d' function='0x0'/></rng>";
    assert_eq!(limit(addressed), 232);
}

#[test]
fn what_libvirt_adds_takes_ports_too() {
    let used = |inner: &str| on_q35(&devices(inner)).budget.used();
    assert_eq!((used(""), used("<memballoon model='none'/>")), (2, 1));
    let channel = "<channel type='unix'><target type='virtio' name='a'/></channel>";
    assert_eq!(used(channel), 3);
    assert_eq!(used(&(channel.to_owned() + "<controller type='virtio-serial' index='0'/>")), 3);
    assert_eq!(used(&channel.repeat(31)), 4);
}

#[test]
fn addresses_tell_which_ports_are_taken() {
    let text = virt(
        "",
        "  <cpu mode='host-passthrough'/>\n  <devices>\n    <controller type='pci' index='0' model='pcie-root'/>\n    \
         <controller type='pci' index='1' model='pcie-root-port'/>\n    <controller type='pci' index='2' model='pcie-root-port'/>\n    \
         <rng model='virtio'><address type='pci' bus='0x01' slot='0x00' function='0x0' multifunction='on'/></rng>\n    \
         <rng model='virtio'><address type='pci' bus='0x01' slot='0x00' function='0x1'/></rng>\n    \
         <memballoon model='virtio'><address type='pci' bus='0x00' slot='0x05' function='0x0'/></memballoon>\n  </devices>",
    );
    let budget = done(&text).budget;
    assert_eq!((budget.allocated, budget.used(), budget.free()), (2, 1, 1));
    let sum = budget.to_string();
    assert!(sum.contains("- 1  random number generators") && sum.contains("= 1  free"), "{sum}");
}

fn i440fx(machine: &str, inner: &str) -> String {
    devices(inner).replace("pc-q35-7.2", machine)
}

fn on_q35(text: &str) -> Rewrite {
    done_for(text, &profile("debian-12-q35", VirtType::Kvm))
}

#[test]
fn a_pc_becomes_a_q35_of_its_version_where_there_is_one() {
    let machine = |from: &str, to: &str| has(&on_q35(&i440fx(from, "")), &format!("machine='{to}'"));
    machine("pc-i440fx-6.2", "pc-q35-6.2");
    machine("pc-i440fx-2.1", "pc-q35-2.4");
    machine("pc-i440fx-10.0", "pc-q35-7.2");
    machine("pc-i440fx-rhel7.6.0", "pc-q35-2.12");
    machine("pc-i440fx-jammy-hpb", "pc-q35-6.2");
    machine("pc-1.2", "pc-q35-2.4");
    machine("pc-i440fx-made-up", "pc-q35-7.2");
    machine("pc", "pc-q35-7.2");
}

#[test]
fn what_is_on_q35_already_is_left_alone_and_what_is_no_pc_refused() {
    let text = devices("    <disk><target dev='sda' bus='sata'/></disk>");
    let done = on_q35(&text);
    assert_eq!((done.text.as_str(), done.edits.len(), done.steps.len()), (text.as_str(), 0, 0));
    let q35 = profile("x86_64-q35", VirtType::Kvm);
    for text in [virt("", ""), i440fx("isapc", "")] {
        let done = done_for(&text, &q35);
        assert_eq!(done.text, text);
        assert!(done.is_blocked());
    }
}

#[test]
fn ide_goes_on_free_places_of_sata() {
    let disk =
        |bus: &str, dev: &str| format!("    <disk>\n      <target dev='{dev}' bus='{bus}'/>\n    </disk>\n");
    let done = on_q35(&i440fx("pc", &(disk("ide", "hda") + &disk("ide", "hdc") + &disk("sata", "sda"))));
    has(
        &done,
        "<target dev='sdb' bus='sata'/>\n      <address type='drive' controller='0' bus='0' target='0' unit='1'/>",
    );
    has(
        &done,
        "<target dev='sdc' bus='sata'/>\n      <address type='drive' controller='0' bus='0' target='0' unit='2'/>",
    );
    asks(&done, "ide-disk-to-sata");
}

#[test]
fn an_xhci_controller_gets_ports_and_nothing_that_the_guest_notices() {
    let usb = |controllers: &str| {
        let edits = done(&devices(controllers)).edits.into_iter();
        edits.filter(|edit| edit.rule == "usb-controller").collect::<Vec<_>>()
    };
    let had = usb("    <controller type='usb' index='0' model='qemu-xhci'/>");
    assert!(
        matches!(&had[..], [one] if one.visible.is_empty() && one.reason.ends_with("in place of 4")),
        "{had:?}"
    );
    let more = usb(
        "    <controller type='usb' index='0' model='qemu-xhci' ports='8'/>\n    <controller type='usb' index='1' model='ich9-ehci1'/>",
    );
    let seen: Vec<bool> = more.iter().map(|edit| !edit.visible.is_empty()).collect();
    assert_eq!(seen, [false, true], "{more:?}");
    assert!(more[0].reason.ends_with("in place of 8"), "{more:?}");
    let other = usb("    <controller type='usb' index='0' model='piix3-uhci'/>");
    assert!(matches!(&other[..], [one] if one.visible == ["usb-controller"]), "{other:?}");
}

#[test]
fn the_pci_controllers_of_one_name_are_not_the_same() {
    let done = done(&devices(
        "    <controller type='pci' index='0' model='pcie-root'/>\n    \
         <controller type='pci' index='1' model='pcie-root-port'/>\n    <controller type='pci' index='2' model='pci-bridge'/>",
    ));
    let of = |edit: &&Edit| edit.path.contains("controller") && edit.rule == "x86-pci-controller";
    let told: Vec<&str> = done.edits.iter().filter(of).map(|edit| edit.reason.as_str()).collect();
    let own = [
        "the PC's pcie-root gives way to the virt machine's own",
        "the PC's root ports give way to the virt machine's own",
    ];
    assert_eq!(told, [own[0], own[1], "'pci-bridge' belongs to the PC's PCI topology"]);
    has(&done, "model='pcie-root'/>");
}

#[test]
fn the_chipset_alone_changes() {
    let done = on_q35(&i440fx(
        "pc",
        "    <controller type='pci' index='0' model='pci-root'>\n      <pcihole64>1048576</pcihole64>\n    </controller>\n    \
         <controller type='usb' index='0' model='piix3-uhci'/>\n    <controller type='scsi' index='0' model='lsilogic'/>\n    \
         <video><model type='cirrus'/></video>\n    <sound model='ich6'/>\n    <panic model='isa'/>",
    ));
    has(&done, "<controller type='pci' index='0' model='pcie-root'>\n      <pcihole64>1048576</pcihole64>");
    has(&done, "<controller type='usb' index='0' model='qemu-xhci'/>");
    for kept in ["model='lsilogic'", "type='cirrus'", "<panic model='isa'/>", "arch='x86_64'", "type='kvm'"] {
        has(&done, kept);
    }
    has(&done, "<sound model='ich9'/>");
    assert_eq!(done.text.matches("pcie-root'").count(), 1);
}

#[test]
fn memory_to_come_fits_into_the_addresses() {
    let most = |text: &str| x86(&format!("  <maxMemory slots='16' unit='KiB'>{text}</maxMemory>"));
    let done = done(&most("1099511627776"));
    has(&done, "<maxMemory slots='16' unit='KiB'>8589934592</maxMemory>");
    asks(&done, "memory-beyond-addresses");
    has(&self::done(&most("1073741824")), ">1073741824<");
    let now = x86("  <memory unit='TiB'>9</memory>");
    assert!(self::done(&now).is_blocked());
}
