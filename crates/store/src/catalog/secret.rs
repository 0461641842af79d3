//! A site's secret, and the pseudonyms made with it. It must not know where identifiers come from.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What an identifier identifies: equal texts of different kinds get unrelated pseudonyms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdentifierKind {
    /// A visitor.
    Visitor,
    /// A user that the site knows.
    User,
    /// An order or transaction.
    Order,
}

impl IdentifierKind {
    const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Visitor => b"visitor",
            Self::User => b"user",
            Self::Order => b"order",
        }
    }
}

/// 32 random bytes that belong to one site for ever: without them pseudonyms cannot be traced back or made again.
#[derive(Clone)]
pub struct Secret {
    bytes: [u8; Self::LENGTH],
    /// The hash with the key already taken in.
    keyed: Option<Hmac<Sha256>>,
}

impl Secret {
    /// Number of bytes.
    pub const LENGTH: usize = 32;

    /// The secret of those bytes.
    #[must_use]
    pub fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self { bytes, keyed: Hmac::new_from_slice(&bytes).ok() }
    }

    /// A new secret.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; Self::LENGTH];
        getrandom::fill(&mut bytes)?;
        Ok(Self::new(bytes))
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.bytes
    }

    /// The pseudonym of an identifier: the first 64 bits, big-endian, of HMAC-SHA256 (RFC 2104) of kind and
    /// text, each preceded by its length (64 bits, big-endian). Never 0, which stands for no identifier: 1 instead.
    #[must_use]
    pub fn pseudonym(&self, kind: IdentifierKind, text: &str) -> u64 {
        let hash = self.hash(kind.as_bytes(), text);
        hash.first_chunk().map_or(1, |first| u64::from_be_bytes(*first).max(1))
    }

    /// The number of the identifier of an event that a sender with a key or a file tells: the first 128 bits of the same hash, of the
    /// kind `event`.
    #[must_use]
    pub fn event_number(&self, text: &str) -> u128 {
        self.numbered(b"event", text)
    }

    /// The same of a sender without a key, of the kind `event of a stranger`: whatever identifiers strangers send, they keep none of
    /// the site's own events out.
    #[must_use]
    pub fn strange_event_number(&self, text: &str) -> u128 {
        self.numbered(b"event of a stranger", text)
    }

    fn numbered(&self, kind: &[u8], text: &str) -> u128 {
        self.hash(kind, text).first_chunk().map_or(1, |first| u128::from_be_bytes(*first))
    }

    /// What tells this secret from one that the disk has changed. It tells nothing else.
    pub(super) fn check(&self) -> [u8; 8] {
        self.hash(b"check", "").first_chunk().copied().unwrap_or_default()
    }

    fn hash(&self, kind: &[u8], text: &str) -> Vec<u8> {
        let Some(mut mac) = self.keyed.clone() else { return Vec::new() };
        for part in [kind, text.as_bytes()] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().to_vec()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_depend_on_secret_kind_and_text() {
        let (a, b) = (Secret::new([1; 32]), Secret::new([2; 32]));
        let of = |secret: &Secret, kind, text| secret.pseudonym(kind, text);
        let first = of(&a, IdentifierKind::Visitor, "17");
        assert_eq!(first, of(&a, IdentifierKind::Visitor, "17"));
        for other in [
            of(&b, IdentifierKind::Visitor, "17"),
            of(&a, IdentifierKind::User, "17"),
            of(&a, IdentifierKind::Order, "17"),
            of(&a, IdentifierKind::Visitor, "18"),
            of(&a, IdentifierKind::Visitor, ""),
        ] {
            assert_ne!(first, other);
        }
    }

    /// Computed with Python's `hmac` and `hashlib` from the definition above.
    #[test]
    fn pseudonyms_are_those_of_the_definition() {
        assert_eq!(Secret::new([7; 32]).pseudonym(IdentifierKind::Order, "A-1001"), 0xf821_3421_59b9_f7ff);
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        assert!(!format!("{:?}", Secret::new([7; 32])).contains('7'));
    }
}
