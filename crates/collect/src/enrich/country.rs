//! Countries of visitors: by a database in MaxMind's format that the owner provides, or as a trusted CDN says. Addresses are
//! looked up and forgotten.

use std::{
    fmt, fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
};

use maxminddb::{MaxMindDbError, PathElement, Reader};

/// Headers in which CDNs say the visitor's country. They count only when a trusted proxy sent them.
pub const COUNTRY_HEADERS: [&str; 5] = [
    "cf-ipcountry",
    "cloudfront-viewer-country",
    "x-vercel-ip-country",
    "x-appengine-country",
    "x-country-code",
];

/// Where databases keep the code: GeoLite2, GeoIP2 and DB-IP, then IPinfo's forms.
const PLACES: [&[PathElement<'static>]; 3] = [
    &[PathElement::Key("country"), PathElement::Key("iso_code")],
    &[PathElement::Key("country_code")],
    &[PathElement::Key("country")],
];

/// An ISO 3166-1 alpha-2 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// The code that the text is: two capital letters. `None` for anything else, and for what CDNs say instead of a
    /// country: unknown (`XX`, `ZZ`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let code: [u8; 2] = text.as_bytes().try_into().ok()?;
        (code.iter().all(u8::is_ascii_uppercase) && !matches!(&code, b"XX" | b"ZZ")).then_some(Self(code))
    }

    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Why a database of countries cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CountryError {
    /// The file cannot be read.
    #[error("cannot read the country database {path}: {source}; countries stay empty without it")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is of another kind, or damaged.
    #[error("{path} is no database in MaxMind's format ({reason}): name an .mmdb file with countries")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: MaxMindDbError,
    },
}

/// A database of countries, in memory.
pub struct Countries(Reader<Vec<u8>>);

impl Countries {
    /// Reads the database. One of countries has some 10 MB; one of cities works too, and takes several times that.
    ///
    /// # Errors
    /// When the file cannot be read, or is no database.
    pub fn open(path: &Path) -> Result<Self, CountryError> {
        let bytes = fs::read(path).map_err(|source| CountryError::Io { path: path.to_path_buf(), source })?;
        let reader = Reader::from_source(bytes);
        reader.map(Self).map_err(|reason| CountryError::Format { path: path.to_path_buf(), reason })
    }

    /// The country of an address, if the database knows it.
    #[must_use]
    pub fn country(&self, address: IpAddr) -> Option<CountryCode> {
        let found = self.0.lookup(address.to_canonical()).ok()?;
        let text = |place: &&[PathElement<'_>]| found.decode_path::<&str>(place).ok().flatten();
        PLACES.iter().find_map(text).and_then(CountryCode::parse)
    }
}

impl fmt::Debug for Countries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Countries").field(&self.0.metadata().database_type).finish()
    }
}

#[cfg(test)]
mod tests;
