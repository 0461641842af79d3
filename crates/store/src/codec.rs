//! Events as the log keeps them. The record's kind is the version of the form. It must not know how the log
//! stores a record.

use serde::{Deserialize, Serialize};
use waymark_model::Event;

use crate::{log::Record, site::SiteId};

/// Kind 1: postcard of [`Arrival`], whose events have the fields of [`Event`] in their order.
const EVENTS_1: u8 = 1;

/// Events of a site that arrived together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Arrival {
    pub(crate) site: SiteId,
    /// When, in ms since 1970-01-01 UTC.
    pub(crate) arrived: i64,
    pub(crate) events: Vec<Event>,
}

/// An arrival with its record: the log writes the record and gives the arrival back once it is safe, so that nobody
/// decodes what was just encoded.
#[derive(Debug)]
pub(crate) struct EncodedArrival {
    pub(crate) arrival: Arrival,
    pub(crate) record: Record,
}

impl AsRef<Record> for EncodedArrival {
    fn as_ref(&self) -> &Record {
        &self.record
    }
}

/// Why a record is no arrival of events.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The record is of a kind that this Waymark does not write.
    #[error(
        "the log has records of kind {kind}, this Waymark knows {EVENTS_1}: upgrade Waymark; nothing was changed"
    )]
    UnknownKind {
        /// The kind.
        kind: u8,
    },
    /// The bytes are those that were written, but make no events.
    #[error("a record's events cannot be decoded: {0}")]
    Undecodable(postcard::Error),
    /// The events cannot be put into bytes.
    #[error("the events cannot be encoded: {0}; nothing of the batch was stored")]
    NotEncodable(postcard::Error),
}

impl Arrival {
    /// The record of this arrival.
    pub(crate) fn encode(&self) -> Result<Record, CodecError> {
        let payload = postcard::to_allocvec(self).map_err(CodecError::NotEncodable)?;
        Ok(Record { kind: EVENTS_1, payload })
    }

    /// The arrival in a record.
    pub(crate) fn decode(kind: u8, payload: &[u8]) -> Result<Self, CodecError> {
        match kind {
            EVENTS_1 => postcard::from_bytes(payload).map_err(CodecError::Undecodable),
            kind => Err(CodecError::UnknownKind { kind }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use waymark_model::{Tag, TextColumn};

    fn arrival() -> Arrival {
        let mut event = Event::new(u64::MAX, -5, "buy").with_text(TextColumn::Path, "/ü");
        (event.value, event.event_id, event.tag) = (Some(i64::MIN), Some(u128::MAX), Tag::Bot);
        event.props.push(("plan".into(), "pro".into()));
        Arrival { site: SiteId::parse("shop").unwrap(), arrived: 7, events: vec![event, Event::default()] }
    }

    #[test]
    fn what_is_encoded_reads_back() {
        let record = arrival().encode().unwrap();
        assert_eq!(Arrival::decode(record.kind, &record.payload), Ok(arrival()));
    }

    #[test]
    fn the_form_of_kind_1_stays() {
        let mut bytes = b"\x04shop".to_vec();
        bytes.extend([14, 1]); // arrived 7 (zigzag), one event
        bytes.extend([9, 20]); // visitor 9, time 10 (zigzag)
        bytes.extend(b"\x04view");
        bytes.extend([0; 12]); // the other texts
        bytes.extend([0; 4]); // user, event_id, value, key
        bytes.extend([0; 4]); // verified, tag, identity, props
        let (site, events) = (SiteId::parse("shop").unwrap(), vec![Event::new(9, 10, "view")]);
        assert_eq!(Arrival::decode(1, &bytes), Ok(Arrival { site, arrived: 7, events }));
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let record = arrival().encode().unwrap();
        for length in 0..record.payload.len() {
            let cut = Arrival::decode(1, &record.payload[..length]);
            assert!(matches!(cut, Err(CodecError::Undecodable(_))), "{length}: {cut:?}");
        }
        for bit in 0..record.payload.len() * 8 {
            let mut flipped = record.payload.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            drop(Arrival::decode(1, &flipped));
        }
        assert_eq!(Arrival::decode(2, &[]), Err(CodecError::UnknownKind { kind: 2 }));
    }
}
