//! A run's index: which sites' identifiers it has, where, and the filters. Bytes in, bytes out; it reads no
//! file.

use super::filter::Filter;
use crate::site::SiteId;

/// Where one site's identifiers lie in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SiteIndex {
    pub(super) site: SiteId,
    pub(super) ids: u64,
    /// The first identifier of each block.
    pub(super) firsts: Vec<u128>,
    pub(super) filter: Filter,
}

/// Appends the index of a site. A name has at most 64 bytes.
pub(super) fn encode(out: &mut Vec<u8>, index: &SiteIndex) {
    let name = index.site.as_str().as_bytes();
    out.extend_from_slice(&(name.len() as u64).to_le_bytes());
    out.extend_from_slice(name);
    for number in [index.ids, index.firsts.len() as u64, index.filter.bytes() as u64] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    for first in &index.firsts {
        out.extend_from_slice(&first.to_le_bytes());
    }
    index.filter.encode(out);
}

/// Reads what [`encode`] wrote, site after site; `None` when it is anything else.
pub(super) fn decode(mut bytes: &[u8]) -> Option<Vec<SiteIndex>> {
    let mut sites = Vec::new();
    while !bytes.is_empty() {
        let length = number(&mut bytes)?;
        let name = take(&mut bytes, length)?;
        let site = SiteId::parse(str::from_utf8(name).ok()?).ok()?;
        let (ids, blocks, filter) = (number(&mut bytes)?, number(&mut bytes)?, number(&mut bytes)?);
        let (firsts, []) = take(&mut bytes, blocks.checked_mul(16)?)?.as_chunks::<16>() else { return None };
        let firsts = firsts.iter().map(|first| u128::from_le_bytes(*first)).collect();
        sites.push(SiteIndex { site, ids, firsts, filter: Filter::decode(take(&mut bytes, filter)?)? });
    }
    Some(sites)
}

fn take<'a>(bytes: &mut &'a [u8], length: u64) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(usize::try_from(length).ok()?)?;
    *bytes = rest;
    Some(taken)
}

fn number(bytes: &mut &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(take(bytes, 8)?.try_into().ok()?))
}
