//! One-time codes of authenticator apps: TOTP (RFC 6238) with HMAC-SHA-1, 30 seconds and 6 digits, which is what all apps
//! understand. It must not know which codes were used.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use waymark_store::catalog::{CodeSecret, TokenHash};

/// Length of a time step, in ms.
const STEP: i64 = 30_000;
/// Bytes of a secret: as many as SHA-1 gives (RFC 4226, 4: 160 bits are recommended).
const SECRET_BYTES: usize = 20;
/// Codes that stand for a lost device.
pub const RECOVERY_CODES: usize = 10;
/// Letters of each: 80 bits.
const RECOVERY_LETTERS: usize = 16;
/// RFC 4648, 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret.
///
/// # Errors
/// When the system has no random numbers.
pub fn secret() -> Result<CodeSecret, getrandom::Error> {
    let mut bytes = vec![0; SECRET_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(CodeSecret(bytes))
}

/// New recovery codes, in groups of four letters.
///
/// # Errors
/// When the system has no random numbers.
pub fn recovery_codes() -> Result<Vec<String>, getrandom::Error> {
    let code = |_| {
        let mut bytes = [0; RECOVERY_LETTERS];
        getrandom::fill(&mut bytes)?;
        let letters: Vec<char> = bytes.iter().map(|byte| letter(byte & 31)).collect();
        let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
        Ok(groups.join("-"))
    };
    (0..RECOVERY_CODES).map(code).collect()
}

/// The hash of a recovery code, however it was typed.
#[must_use]
pub fn recovery_hash(typed: &str) -> TokenHash {
    let letters: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    TokenHash::new(&letters.to_ascii_uppercase())
}

/// The time step that a code typed at `now` (ms) belongs to: the one before, the present or the next, for clocks that are
/// not quite right (RFC 6238, 5.2). `None` for a wrong code.
#[must_use]
pub fn step_of(secret: &CodeSecret, typed: &str, now: i64) -> Option<i64> {
    let digits: String = typed.chars().filter(|sign| !sign.is_whitespace()).collect();
    let present = now.div_euclid(STEP);
    // Hashes are compared, so that the time says nothing about the digits.
    let typed = TokenHash::new(&digits);
    [present, present - 1, present + 1].into_iter().find(|step| TokenHash::new(&code(secret, *step)) == typed)
}

/// The code of a time step: the dynamic truncation of RFC 4226, 5.3.
#[must_use]
pub fn code(secret: &CodeSecret, step: i64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&secret.0) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = hash.last().map_or(0, |last| usize::from(last & 15));
    let number = hash.get(at..at + 4).and_then(|four| four.first_chunk().copied()).map(u32::from_be_bytes);
    format!("{:06}", number.unwrap_or_default() % (1 << 31) % 1_000_000)
}

/// The secret as people type it into an app: base32 (RFC 4648, 6) without padding.
#[must_use]
pub fn text_of(secret: &CodeSecret) -> String {
    let (mut text, mut held, mut bits) = (String::new(), 0_u32, 0);
    for byte in &secret.0 {
        (held, bits) = (held << 8 | u32::from(*byte), bits + 8);
        while bits >= 5 {
            bits -= 5;
            text.push(letter((held >> bits & 31) as u8));
        }
    }
    if bits > 0 {
        text.push(letter((held << (5 - bits) & 31) as u8));
    }
    text
}

/// What an app reads from a picture: `otpauth://totp/…`.
#[must_use]
pub fn uri_of(secret: &CodeSecret, email: &str) -> String {
    let label: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
    format!("otpauth://totp/Waymark:{label}?secret={}&issuer=Waymark", text_of(secret))
}

fn letter(number: u8) -> char {
    char::from(BASE32[usize::from(number & 31)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret_of(text: &str) -> CodeSecret {
        CodeSecret(text.as_bytes().to_vec())
    }

    /// RFC 6238, appendix B, for SHA-1: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = secret_of("12345678901234567890");
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = seconds * 1_000;
            assert_eq!(code(&secret, now / STEP), expected, "{seconds}");
            assert_eq!(step_of(&secret, expected, now), Some(now / STEP));
        }
    }

    #[test]
    fn a_code_holds_one_step_before_and_after() {
        let secret = secret_of("12345678901234567890");
        let at = |seconds: i64| step_of(&secret, " 050 471", seconds * 1_000);
        let step = Some(1_111_111_111 / 30);
        let begin = 1_111_111_110;
        assert_eq!(
            [at(begin - 31), at(begin - 30), at(begin), at(begin + 59), at(begin + 60)],
            [None, step, step, step, None]
        );
        for wrong in ["", "050472", "50471", "0504711"] {
            assert_eq!(step_of(&secret, wrong, begin * 1_000), None, "{wrong}");
        }
    }

    /// RFC 4648, 10.
    #[test]
    fn secrets_are_written_in_base32() {
        for (text, expected) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(text_of(&secret_of(text)), expected);
        }
        let uri = uri_of(&secret_of("foobar"), "ada+x@shop.example");
        assert_eq!(uri, "otpauth://totp/Waymark:ada%2Bx%40shop.example?secret=MZXW6YTBOI&issuer=Waymark");
    }

    #[test]
    fn recovery_codes_differ_and_are_read_however_they_are_typed() {
        let codes = recovery_codes().unwrap();
        let mut distinct = codes.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), RECOVERY_CODES);
        let code = &codes[0];
        assert_eq!(code.len(), 19);
        let typed = format!(" {} ", code.to_lowercase().replace('-', " "));
        assert_eq!(recovery_hash(&typed), recovery_hash(code));
        assert_ne!(recovery_hash(code), recovery_hash(&codes[1]));
    }
}
