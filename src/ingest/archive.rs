//! Archives of a host's documents, such as sosreports: read in memory, never unpacked to disk.

use std::io::{self, Read};

use crate::model::Problem;

use super::folder::{DOCUMENT_BYTES, File};
use super::layout;
use super::problem::Complaint;

/// How much an archive may hold, unpacked, what is skipped included.
const UNPACKED_BYTES: u64 = 8 << 30;
/// How much of it may be kept.
const KEPT_BYTES: u64 = 512 << 20;
/// How many entries it may have.
const ENTRIES: usize = 1 << 20;
/// How long a name may be, in a header of its own.
const NAME_BYTES: u64 = 64 << 10;
/// How much memory (KiB) the dictionary of xz may take; `xz -9` takes an eighth of it.
const XZ_KIB: u32 = 512 << 10;

/// What an archive holds that is of interest, and what is wrong with it.
#[derive(Debug, Default)]
pub(super) struct Unpacked {
    pub(super) files: Vec<File>,
    pub(super) problems: Vec<Problem>,
}

/// Reads the archive at `path` of an inventory. The files' paths begin with its own.
pub(super) fn unpack(path: &str, bytes: &[u8]) -> Unpacked {
    let mut unpacked = Unpacked::default();
    let reader: Box<dyn Read + '_> = if path.ends_with("xz") {
        Box::new(lzma_rust2::XzReader::new_mem_limit(bytes, true, XZ_KIB))
    } else if path.ends_with("gz") {
        Box::new(flate2::read::MultiGzDecoder::new(bytes))
    } else {
        Box::new(bytes)
    };
    if let Err(error) = entries(path, Limited { reader, left: UNPACKED_BYTES }, &mut unpacked) {
        let message = format!("the archive cannot be read to its end: {error}; what was read before is used");
        unpacked.complain(path, &message, "copy the archive again, whole");
    }
    unpacked
}

impl Unpacked {
    fn complain(&mut self, path: &str, message: &str, remedy: &str) {
        self.problems.push(Complaint::new(None, message, remedy).problem(path, ""));
    }
}

/// A reader that fails after so many bytes.
struct Limited<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        let left = self.left.checked_sub(read as u64);
        self.left = left.ok_or_else(|| io::Error::other("it holds more than 8 GiB"))?;
        Ok(read)
    }
}

/// Entries are taken raw, so that no header can make the library take memory for a name.
fn entries(path: &str, reader: impl Read, unpacked: &mut Unpacked) -> io::Result<()> {
    let mut archive = tar::Archive::new(reader);
    let mut long_name = None;
    let mut kept = 0;
    let mut count = 0;
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry?;
        count += 1;
        if count > ENTRIES || kept > KEPT_BYTES {
            return Err(io::Error::other("it holds too much"));
        }
        let kind = entry.header().entry_type();
        if kind.is_gnu_longname() || kind.is_pax_local_extensions() {
            long_name = name_header(&mut entry, kind.is_gnu_longname())?.or(long_name);
            continue;
        }
        let name = long_name.take().unwrap_or_else(|| entry.path_bytes().into_owned());
        if kind.is_file() {
            kept += file(path, &name, &mut entry, unpacked)?;
        }
    }
    Ok(())
}

/// The name that a header of its own gives to the next entry.
fn name_header(entry: &mut impl Read, gnu: bool) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    entry.take(NAME_BYTES).read_to_end(&mut bytes)?;
    if gnu {
        return Ok(Some(bytes.into_iter().take_while(|&byte| byte != 0).collect()));
    }
    let records = tar::PaxExtensions::new(&bytes).flatten();
    Ok(records
        .filter(|record| record.key_bytes() == b"path")
        .last()
        .map(|record| record.value_bytes().to_vec()))
}

/// Keeps the entry if it is of interest; how many bytes were kept.
fn file(path: &str, name: &[u8], entry: &mut impl Read, unpacked: &mut Unpacked) -> io::Result<u64> {
    let name = String::from_utf8_lossy(name);
    let name = name.trim_start_matches("./");
    if name.starts_with('/') || name.split('/').any(|part| part == "..") {
        let message = format!("the archive holds '{name}', a path that leads out of it; left out");
        unpacked.complain(
            path,
            &message,
            "find out who made the archive: no tool that collects documents does this",
        );
        return Ok(0);
    }
    let whole = format!("{path}/{name}");
    if layout::item(&whole).is_none() {
        return Ok(0);
    }
    let mut bytes = Vec::new();
    // On an error what was read is still a document, cut off.
    let read = entry.take(DOCUMENT_BYTES + 1).read_to_end(&mut bytes);
    if bytes.len() as u64 > DOCUMENT_BYTES {
        unpacked.complain(
            &whole,
            "larger than 64 MiB; left out",
            "no document is so large; look at the archive",
        );
        return Ok(0);
    }
    let kept = bytes.len() as u64;
    if read.is_ok() || !bytes.is_empty() {
        unpacked.files.push((whole, bytes));
    }
    read.map(|_| kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    /// Made up.
    fn tar(files: &[(&str, &str)]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, text.as_bytes()).expect("appended");
        }
        builder.into_inner().expect("a tar")
    }

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).expect("written");
        encoder.finish().expect("finished")
    }

    fn xz(bytes: &[u8]) -> Vec<u8> {
        let options = lzma_rust2::XzOptions::with_preset(0);
        let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).expect("a writer");
        writer.write_all(bytes).expect("written");
        writer.finish().expect("finished")
    }

    const FILES: [(&str, &str); 3] = [
        ("sosreport-h/sos_commands/kernel/uname_-a", "Linux h 6.1.0 x86_64\n"),
        ("sosreport-h/var/log/messages", "not of interest"),
        ("sosreport-h/etc/os-release", "PRETTY_NAME=made-up\n"),
    ];

    #[test]
    fn all_three_forms_are_read_and_what_is_not_of_interest_is_not_kept() {
        let plain = tar(&FILES);
        for (name, bytes) in
            [("hosts/h.tar", plain.clone()), ("hosts/h.tar.gz", gz(&plain)), ("hosts/h.tar.xz", xz(&plain))]
        {
            let unpacked = unpack(name, &bytes);
            assert_eq!(unpacked.problems, [], "{name}");
            let paths: Vec<_> = unpacked.files.iter().map(|(path, _)| path.clone()).collect();
            let expected = [FILES[0].0, FILES[2].0].map(|path| format!("{name}/{path}"));
            assert_eq!(paths, expected);
        }
    }

    #[test]
    fn a_truncated_archive_gives_what_was_read() {
        let whole = gz(&tar(&FILES));
        let unpacked = unpack("hosts/h.tar.gz", &whole[..whole.len() - 20]);
        assert_eq!(unpacked.problems.len(), 1);
        let plain = tar(&FILES);
        let unpacked = unpack("hosts/h.tar", &plain[..600]);
        assert_eq!((unpacked.files.len(), unpacked.problems.len()), (1, 1));
    }

    #[test]
    fn long_names_are_read_and_paths_that_lead_out_are_refused() {
        let long = format!("{}/etc/os-release", "s".repeat(200));
        let unpacked = unpack("hosts/h.tar", &tar(&[(&long, "NAME=x")]));
        assert_eq!(unpacked.files.len(), 1);
        let mut bytes = tar(&[("aa/aa/etc/os-release", "NAME=x")]);
        bytes[..3].copy_from_slice(b"../");
        let header = tar::Header::from_byte_slice(&bytes[..512]);
        let mut header = header.clone();
        header.set_cksum();
        bytes[..512].copy_from_slice(header.as_bytes());
        let unpacked = unpack("hosts/h.tar", &bytes);
        assert_eq!((unpacked.files.len(), unpacked.problems.len()), (0, 1));
    }

    #[test]
    fn a_bomb_is_stopped() {
        let mut limited = Limited { reader: io::repeat(0), left: 100 };
        assert!(io::copy(&mut limited, &mut io::sink()).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(at in 0usize..4000, byte in any::<u8>(), cut in 0usize..4000) {
            let mut bytes = tar(&FILES);
            if let Some(one) = bytes.get_mut(at) { *one = byte; }
            bytes.truncate(cut.max(512));
            let _ = unpack("hosts/h.tar", &bytes);
            let _ = unpack("hosts/h.tar.gz", &bytes);
            let _ = unpack("hosts/h.tar.xz", &bytes);
        }
    }
}
