//! Digests and codes of authenticity, from kept crates: names, and running states.

use hmac::{
    Hmac, Mac,
    digest::{Digest, KeyInit},
};

/// A digest or a keyed code that is being computed.
pub(super) trait Running {
    /// Takes more of the data.
    fn update(&mut self, bytes: &[u8]);
    /// The result.
    fn finish(self: Box<Self>) -> Vec<u8>;
    /// A second one that has taken the same.
    fn copy(&self) -> Box<dyn Running>;
}

#[derive(Clone)]
struct Plain<D>(D);

impl<D: Digest + Clone + 'static> Running for Plain<D> {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }

    fn copy(&self) -> Box<dyn Running> {
        Box::new(Self(self.0.clone()))
    }
}

#[derive(Clone)]
struct Keyed<M>(M);

impl<M: Mac + Clone + 'static> Running for Keyed<M> {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().into_bytes().to_vec()
    }

    fn copy(&self) -> Box<dyn Running> {
        Box::new(Self(self.0.clone()))
    }
}

/// One algorithm: its names, how it starts.
struct Row {
    name: &'static str,
    alias: &'static str,
    plain: fn() -> Box<dyn Running>,
    keyed: fn(&[u8]) -> Option<Box<dyn Running>>,
}

macro_rules! row {
    ($name:literal, $alias:literal, $digest:ty) => {
        Row {
            name: $name,
            alias: $alias,
            plain: || Box::new(Plain(<$digest>::new())),
            keyed: |key| {
                // An HMAC takes keys of any length.
                let code = <Hmac<$digest> as KeyInit>::new_from_slice(key).ok()?;
                Some(Box::new(Keyed(code)))
            },
        }
    };
}

/// Every algorithm, sorted by name.
static TABLE: &[Row] = &[
    row!("md5", "rsa-md5", md5::Md5),
    row!("sha1", "rsa-sha1", sha1::Sha1),
    row!("sha224", "rsa-sha224", sha2::Sha224),
    row!("sha256", "rsa-sha256", sha2::Sha256),
    row!("sha384", "rsa-sha384", sha2::Sha384),
    row!("sha512", "rsa-sha512", sha2::Sha512),
    row!("sha512-224", "rsa-sha512/224", sha2::Sha512_224),
    row!("sha512-256", "rsa-sha512/256", sha2::Sha512_256),
];

/// Names are OpenSSL's: any case, and with a dash after `sha`.
fn find(name: &str) -> Option<&'static Row> {
    let name = name.to_ascii_lowercase();
    let short = name.strip_prefix("sha-").map(|rest| format!("sha{rest}"));
    let name = short.unwrap_or(name).replace('/', "-");
    TABLE.iter().find(|row| row.name == name || row.alias.replace('/', "-") == name)
}

/// The names of all algorithms.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|row| row.name)
}

/// Starts a digest.
pub(super) fn digest(name: &str) -> Option<Box<dyn Running>> {
    find(name).map(|row| (row.plain)())
}

/// Starts a code with a key.
pub(super) fn keyed(name: &str, key: &[u8]) -> Option<Box<dyn Running>> {
    (find(name)?.keyed)(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    #[test]
    fn digests_of_the_standards() {
        let of = |name: &str, text: &str| {
            let mut running = digest(name).expect("an algorithm");
            running.update(text.as_bytes());
            hex(&running.finish())
        };
        assert_eq!(of("md5", "abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(of("SHA-1", "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            of("RSA-SHA256", "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert!(digest("none").is_none());
    }

    #[test]
    fn a_copy_goes_its_own_way() {
        let mut first = keyed("sha256", b"key").expect("an algorithm");
        first.update(b"a");
        let mut second = first.copy();
        first.update(b"b");
        second.update(b"b");
        assert_eq!(first.finish(), second.finish());
    }
}
