//! A file that is one JSON array, to which several processes add, and which is whole after every
//! addition: whoever is killed leaves a file that can be read.
//!
//! An addition is one write over the closing bracket, under a lock that the system takes back from
//! who dies. A record is one line.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    path::Path,
};

use super::error::SysError;

/// What the file ends with.
const CLOSING: &[u8] = b"\n]\n";

/// The array, open for additions.
#[derive(Debug)]
pub(crate) struct SharedArray(File);

impl SharedArray {
    /// Makes the file, with nothing in it.
    ///
    /// # Errors
    /// `open`, `write`: the file cannot be made.
    pub(crate) fn create(path: &Path) -> Result<Self, SysError> {
        let file = open(path, true)?;
        let empty = [b"[", CLOSING].concat();
        file.write_all_at(&empty, 0).map_err(|error| SysError::from_io(&error, "write", path))?;
        Ok(Self(file))
    }

    /// Opens a file that another process made.
    ///
    /// # Errors
    /// `open`: there is none, or it may not be written.
    pub(crate) fn join(path: &Path) -> Result<Self, SysError> {
        open(path, false).map(Self)
    }

    /// Adds records: JSON values without line feeds.
    ///
    /// # Errors
    /// The system's, as where the disk is full; the array is as it was then.
    pub(crate) fn add(&self, records: &[String]) -> io::Result<()> {
        self.0.lock()?;
        let outcome = self.add_locked(records);
        self.0.unlock()?;
        outcome
    }

    /// Adds what `complete` makes of all records that are there; nobody adds any meanwhile.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub(crate) fn add_after(
        &self,
        complete: impl FnOnce(&[&str]) -> Vec<String>,
    ) -> io::Result<()> {
        self.0.lock()?;
        let outcome = self.records().and_then(|text| {
            // The first line is the opening bracket.
            let lines = text.lines().skip(1).map(|line| line.trim_end_matches(','));
            match complete(&lines.collect::<Vec<_>>()) {
                records if records.is_empty() => Ok(()),
                records => self.add_locked(&records),
            }
        });
        self.0.unlock()?;
        outcome
    }

    fn records(&self) -> io::Result<String> {
        let (end, _) = self.end()?;
        let mut bytes = vec![0; end as usize];
        self.0.read_exact_at(&mut bytes, 0)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn add_locked(&self, records: &[String]) -> io::Result<()> {
        let (end, is_first) = self.end()?;
        let mut bytes = Vec::new();
        for (at, record) in records.iter().enumerate() {
            if at > 0 || !is_first {
                bytes.push(b',');
            }
            bytes.push(b'\n');
            bytes.extend_from_slice(record.as_bytes());
        }
        bytes.extend_from_slice(CLOSING);
        let outcome = self.0.write_all_at(&bytes, end);
        if outcome.is_err() {
            self.close_at(end)?;
        }
        outcome
    }

    /// Where the closing bracket begins, and whether no record stands before it.
    fn end(&self) -> io::Result<(u64, bool)> {
        let length = self.0.metadata()?.len();
        let end = length.saturating_sub(CLOSING.len() as u64);
        let mut last = [0; CLOSING.len()];
        let is_whole = self.0.read_exact_at(&mut last, end).is_ok() && last == CLOSING;
        let end = if is_whole { end } else { self.mended()? };
        Ok((end, end <= 1))
    }

    /// Somebody was killed within a write: the line that is not whole goes.
    fn mended(&self) -> io::Result<u64> {
        let mut bytes = vec![0; self.0.metadata()?.len() as usize];
        self.0.read_exact_at(&mut bytes, 0)?;
        let line = bytes.iter().rposition(|&byte| byte == b'\n').unwrap_or(0);
        let is_separated = line > 0 && bytes[line - 1] == b',';
        let end = (line - usize::from(is_separated)) as u64;
        if end == 0 {
            self.0.write_all_at(b"[", 0)?;
            return Ok(1);
        }
        Ok(end)
    }

    fn close_at(&self, end: u64) -> io::Result<()> {
        self.0.set_len(end)?;
        self.0.write_all_at(CLOSING, end)
    }
}

fn open(path: &Path, is_new: bool) -> Result<File, SysError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(is_new).truncate(is_new);
    options.open(path).map_err(|error| SysError::from_io(&error, "open", path))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::PathBuf, thread};

    use super::*;

    fn path(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("rjs-array-{name}-{}", std::process::id()))
    }

    fn added(path: &Path, record: &str) {
        SharedArray::join(path).unwrap().add(&[record.to_owned()]).unwrap();
    }

    #[test]
    fn what_is_there_is_seen_line_by_line() {
        let path = path("seen");
        let array = SharedArray::create(&path).unwrap();
        array.add(&["1".to_owned(), "{\"a\":2}".to_owned()]).unwrap();
        let mut seen = Vec::new();
        array
            .add_after(|lines| {
                seen = lines.iter().map(|line| (*line).to_owned()).collect();
                vec!["3".to_owned()]
            })
            .unwrap();
        assert_eq!(seen, ["1", "{\"a\":2}"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), "[\n1,\n{\"a\":2},\n3\n]\n");
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn it_is_whole_after_every_addition() {
        let path = path("whole");
        let array = SharedArray::create(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"[\n]\n");
        array.add(&["1".to_owned(), "2".to_owned()]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"[\n1,\n2\n]\n");
        added(&path, "3");
        assert_eq!(fs::read(&path).unwrap(), b"[\n1,\n2,\n3\n]\n");
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_torn_line_goes_with_the_next_addition() {
        let path = path("torn");
        for (torn, mended) in [
            ("[\n1,\n{\"a", "[\n1,\n2\n]\n"),
            ("[\n1,\n", "[\n1,\n2\n]\n"),
            ("[\n1", "[\n2\n]\n"),
            ("[", "[\n2\n]\n"),
            ("", "[\n2\n]\n"),
        ] {
            fs::write(&path, torn).unwrap();
            added(&path, "2");
            assert_eq!(fs::read_to_string(&path).unwrap(), mended, "{torn:?}");
        }
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn several_add_at_once() {
        let path = path("several");
        SharedArray::create(&path).unwrap();
        let writers: Vec<_> = (0..4)
            .map(|_| {
                let path = path.clone();
                thread::spawn(move || {
                    let array = SharedArray::join(&path).unwrap();
                    for number in 0..100 {
                        array.add(&[format!("{number}")]).unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        let text = fs::read_to_string(&path).unwrap();
        let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
        let numbers: Vec<u32> = inner.split(',').map(|one| one.trim().parse().unwrap()).collect();
        assert_eq!(numbers.len(), 400);
        assert_eq!(numbers.iter().sum::<u32>(), 4 * 4950);
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn what_cannot_be_opened_is_told() {
        let error = SharedArray::create(Path::new("/nonexistent/trace")).unwrap_err();
        assert_eq!(error.syscall, "open");
    }
}
