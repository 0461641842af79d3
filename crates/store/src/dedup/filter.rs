//! A filter that says of an identifier that it is surely not in a set, or may be. It reads no file.

use xxhash_rust::xxh3::xxh3_64;

/// Bits of filter for each identifier: about one in two hundred that are not in the set pass all the same.
const BITS_PER_ID: u64 = 12;

const BLOCK_BYTES: usize = 32;

/// Odd multipliers, one for each word of a block; those of the Parquet format's split block Bloom filter.
const SALTS: [u32; 8] =
    [0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31];

/// A split block Bloom filter (Putze, Sanders, Singler: "Cache-, hash- and space-efficient Bloom filters",
/// JEA 14, 2009, in the form of the Parquet format): each identifier sets one bit in each of the eight words of
/// one block of 256 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filter(Vec<[u32; 8]>);

impl Filter {
    /// An empty filter for so many identifiers.
    pub(super) fn new(ids: u64) -> Self {
        let blocks = (ids * BITS_PER_ID).div_ceil(256).max(1);
        Self(vec![[0; 8]; usize::try_from(blocks).unwrap_or(usize::MAX)])
    }

    pub(super) fn insert(&mut self, id: u128) {
        let (block, bits) = self.place(id);
        for (word, bit) in self.0[block].iter_mut().zip(bits) {
            *word |= bit;
        }
    }

    /// Whether the identifier may be in the set.
    pub(super) fn may_contain(&self, id: u128) -> bool {
        let (block, bits) = self.place(id);
        self.0[block].iter().zip(bits).all(|(word, bit)| word & bit != 0)
    }

    /// The block of an identifier and one bit for each of its words.
    fn place(&self, id: u128) -> (usize, [u32; 8]) {
        let hash = xxh3_64(&id.to_le_bytes());
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the product's upper half is below the number of blocks"
        )]
        let block = ((u128::from(hash >> 32) * self.0.len() as u128) >> 32) as usize;
        #[allow(clippy::cast_possible_truncation, reason = "the lower half is wanted")]
        let low = hash as u32;
        (block, SALTS.map(|salt| 1 << (low.wrapping_mul(salt) >> 27)))
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        for word in self.0.as_flattened() {
            out.extend_from_slice(&word.to_le_bytes());
        }
    }

    /// Reads what [`Self::encode`] wrote; `None` when it is no whole number of blocks.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() || !bytes.len().is_multiple_of(BLOCK_BYTES) {
            return None;
        }
        let (words, _) = bytes.as_chunks::<4>();
        let (blocks, _) = words.as_chunks::<8>();
        Some(Self(blocks.iter().map(|block| block.map(u32::from_le_bytes)).collect()))
    }

    /// Memory in use.
    pub(super) fn bytes(&self) -> usize {
        self.0.len() * BLOCK_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_always_pass_and_few_others_do() {
        let mut filter = Filter::new(10_000);
        (0..10_000).for_each(|id| filter.insert(id));
        assert!((0..10_000).all(|id| filter.may_contain(id)));
        let others = (10_000..110_000).filter(|id| filter.may_contain(*id)).count();
        assert!(others < 1_000, "{others} of 100,000 pass");
        let mut bytes = Vec::new();
        filter.encode(&mut bytes);
        assert_eq!(bytes.len(), filter.bytes());
        assert_eq!(Filter::decode(&bytes), Some(filter));
        assert_eq!(Filter::decode(&bytes[1..]), None);
    }
}
