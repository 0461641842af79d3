//! Random texts that let their holder do something: made at random, given away once, kept as hashes. It must not know
//! what each is for.

use std::fmt;

use sha2::{Digest, Sha256};

use super::CatalogError;

/// The signs of a token.
const SIGNS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Random signs of a token: 62^43 > 2^256.
pub(super) const RANDOM_SIGNS: usize = 43;

/// The SHA-256 of a token: what is kept of it. A token has 256 random bits, so that a fast hash without salt is enough.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub(super) [u8; 32]);

impl TokenHash {
    /// The hash of a token.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// A new token that begins with `mark`, so that it is recognised where it should not be. Each of its 43 further signs is
/// drawn evenly from 62: bytes that would favour some are drawn again.
///
/// # Errors
/// When the system has no random numbers.
pub fn random_token(mark: &str) -> Result<String, CatalogError> {
    let mut token = mark.to_owned();
    let mut bytes = [0_u8; 64];
    while token.len() < mark.len() + RANDOM_SIGNS {
        getrandom::fill(&mut bytes).map_err(CatalogError::NoRandomness)?;
        let signs = bytes.iter().filter_map(|byte| SIGNS.get(usize::from(byte & 63)));
        let wanted = mark.len() + RANDOM_SIGNS - token.len();
        token.extend(signs.take(wanted).map(|sign| char::from(*sign)));
    }
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_its_mark_its_length_and_nothing_of_another() {
        let tokens = [random_token("wms_").unwrap(), random_token("wms_").unwrap()];
        for token in &tokens {
            assert!(token.starts_with("wms_"), "{token}");
            assert_eq!(token.len(), 4 + RANDOM_SIGNS);
            assert!(token.bytes().skip(4).all(|sign| SIGNS.contains(&sign)), "{token}");
        }
        assert_ne!(tokens[0][..12], tokens[1][..12]);
    }

    /// From FIPS 180-4's example: SHA-256 of `abc`.
    #[test]
    fn the_hash_is_sha_256() {
        assert_eq!(TokenHash::new("abc").0[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert!(!format!("{:?}", TokenHash::new("abc")).contains("ba"));
    }
}
