//! A map that forgets, so that what strangers send cannot fill the memory. It must not know what it holds.

use std::{collections::HashMap, hash::Hash};

/// Two generations of entries: what is used is in the younger one, and a turn drops what was not used since the one before.
#[derive(Debug)]
pub struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    /// Most entries of a generation: a full one makes a turn.
    most: usize,
}

impl<K: Eq + Hash, V> Recent<K, V> {
    /// An empty map that never holds more than twice `most` entries.
    pub fn new(most: usize) -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), most: most.max(1) }
    }

    /// The entry of a key, made if it is not there (any more).
    pub fn entry(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        if self.young.len() >= self.most && !self.young.contains_key(&key) {
            self.turn();
        }
        let known = self.old.remove(&key);
        self.young.entry(key).or_insert_with(|| known.unwrap_or_else(make))
    }

    /// The value of a key, which is not used by that.
    pub fn peek(&self, key: &K) -> Option<&V> {
        self.young.get(key).or_else(|| self.old.get(key))
    }

    /// How many entries there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Forgets what was not used since the turn before.
    pub fn turn(&mut self) {
        self.old = std::mem::take(&mut self.young);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays() {
        let mut recent = Recent::new(100);
        *recent.entry("a", || 1) += 1;
        recent.entry("b", || 1);
        recent.turn();
        assert_eq!(*recent.entry("a", || 7), 2);
        recent.turn();
        assert_eq!(*recent.entry("a", || 7), 2);
        assert_eq!(*recent.entry("b", || 7), 7, "b was not used for a whole turn");
    }

    #[test]
    fn memory_is_bounded() {
        let mut recent = Recent::new(10);
        for key in 0..10_000 {
            recent.entry(key, || key);
            assert!(recent.len() <= 20);
        }
        assert_eq!(*recent.entry(9_999, || 0), 9_999);
        assert_eq!(*recent.entry(0, || 7), 7);
    }
}
