//! How columns of the catalog become values of ours, and back.

use sqlx::{
    Decode, Encode, Sqlite, Type,
    encode::IsNull,
    error::BoxDynError,
    sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef},
};

use super::TokenHash;
use crate::site::SiteId;

/// A number of 64 bits, which SQLite keeps with a sign.
#[derive(Clone, Copy, Debug, sqlx::Type)]
#[sqlx(transparent)]
pub(super) struct Bits(i64);

impl From<u64> for Bits {
    fn from(number: u64) -> Self {
        Self(number as i64)
    }
}

impl From<Bits> for u64 {
    fn from(bits: Bits) -> Self {
        bits.0 as Self
    }
}

impl Type<Sqlite> for SiteId {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl<'r> Decode<'r, Sqlite> for SiteId {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self::parse(<&str as Decode<'r, Sqlite>>::decode(value)?)?)
    }
}

impl Type<Sqlite> for TokenHash {
    fn type_info() -> SqliteTypeInfo {
        <[u8] as Type<Sqlite>>::type_info()
    }
}

impl<'r> Decode<'r, Sqlite> for TokenHash {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(<&[u8] as Decode<'r, Sqlite>>::decode(value)?.try_into()?))
    }
}

impl Encode<'_, Sqlite> for TokenHash {
    fn encode_by_ref(&self, buffer: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        <Vec<u8> as Encode<'_, Sqlite>>::encode(self.0.to_vec(), buffer)
    }
}
