//! What a person does in a guest that started from a BIOS, so that it starts from UEFI.

use crate::knowledge::data::rows;
use crate::model::Pattern;

/// The step for the operating system with this libosinfo id; for one that is not known where there is none.
pub fn step_to_uefi(id: Option<&str>) -> &'static str {
    let id = id.unwrap_or_default();
    let mut lines = rows::<3>(include_str!("../data/os-to-uefi.txt"));
    let way = lines.find(|[pattern, ..]| Pattern::new(*pattern).fits(id)).map_or("any", |[_, way, _]| way);
    let mut ways = rows::<2>(include_str!("../data/uefi-ways.txt"));
    ways.find(|[name, _]| *name == way).map_or("", |[_, step]| step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::data::assert_rows;

    #[test]
    fn every_way_has_its_step() {
        assert_rows::<2>(include_str!("../data/uefi-ways.txt"));
        let text = include_str!("../data/os-to-uefi.txt");
        assert_rows::<3>(text);
        let ways: Vec<_> = rows::<2>(include_str!("../data/uefi-ways.txt")).map(|[name, _]| name).collect();
        assert!(rows::<3>(text).all(|[_, way, _]| ways.contains(&way)));
    }

    #[test]
    fn the_system_tells_the_step() {
        assert!(step_to_uefi(Some("http://microsoft.com/win/2k19")).contains("mbr2gpt /convert"));
        assert!(step_to_uefi(Some("http://microsoft.com/win/xp")).contains("keep the BIOS"));
        assert!(step_to_uefi(Some("http://microsoft.com/win/7")).contains("anew"));
        assert!(step_to_uefi(Some("http://debian.org/debian/12")).contains("grub-efi-amd64"));
        assert_eq!(step_to_uefi(Some("http://made.up/system/1")), step_to_uefi(None));
        assert!(step_to_uefi(None).contains("EFI system partition"));
    }
}
