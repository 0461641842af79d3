//! The distinct texts of a column, one after another: in memory, or where they lie in a mapped file. It knows no rows.

use std::{fmt, ops::Index};

use super::{Buffer, buffer::TextBuffer};

/// The distinct texts of a column. Code 0 is always the empty text: the row does not have one.
#[derive(Clone)]
pub struct Dictionary {
    text: TextBuffer,
    /// Where each text ends.
    ends: Buffer<u64>,
}

/// The texts of a dictionary, by code.
#[derive(Clone, Copy)]
pub struct Texts<'a> {
    text: &'a str,
    ends: &'a [u64],
}

impl Dictionary {
    /// A dictionary of these texts, the first of which must be empty; `None` when it is not.
    #[must_use]
    pub fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Option<Self> {
        let (mut all, mut ends) = (String::new(), Vec::new());
        for text in texts {
            all.push_str(text);
            ends.push(all.len() as u64);
        }
        Self::of_bytes(all.into_bytes().into(), ends.into())
    }

    /// The dictionary of texts that lie one after another, and where each ends; `None` when the first is not empty, the
    /// bytes are not UTF-8, or the ends do not lie between characters, in order, up to the last byte.
    #[must_use]
    pub fn of_bytes(bytes: Buffer<u8>, ends: Buffer<u64>) -> Option<Self> {
        let text = TextBuffer::new(bytes)?;
        let is_place = |end: &u64| usize::try_from(*end).is_ok_and(|end| text.is_char_boundary(end));
        let whole = ends.first() == Some(&0) && ends.last() == Some(&(text.len() as u64));
        (whole && ends.is_sorted() && ends.iter().all(is_place)).then_some(Self { text, ends })
    }

    /// The texts by code.
    #[must_use]
    pub fn texts(&self) -> Texts<'_> {
        Texts { text: &self.text, ends: &self.ends }
    }

    /// The text of a code; `None` for code 0 and for codes that are not in the dictionary.
    #[must_use]
    pub fn get(&self, code: u32) -> Option<&str> {
        if code == 0 { None } else { self.texts().get(code as usize) }
    }

    /// Bytes of all texts together, and of what says where they end.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.text.len() + size_of_val(&*self.ends)
    }

    /// Lets go of the memory that mapped texts take up, until they are read again.
    pub(crate) fn let_go(&self) {
        self.text.let_go();
        self.ends.let_go();
    }
}

impl fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.texts().iter()).finish()
    }
}

impl PartialEq for Dictionary {
    fn eq(&self, other: &Self) -> bool {
        *self.text == *other.text && *self.ends == *other.ends
    }
}

impl Eq for Dictionary {}

impl<'a> Texts<'a> {
    /// How many there are.
    #[must_use]
    pub const fn len(self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.ends.is_empty()
    }

    /// The text of that number.
    #[must_use]
    #[inline]
    pub fn get(self, at: usize) -> Option<&'a str> {
        let end = *self.ends.get(at)?;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        #[allow(clippy::cast_possible_truncation, reason = "both lie within a text in memory")]
        self.text.get(start as usize..end as usize)
    }

    /// The texts in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = &'a str> + use<'a> {
        (0..self.len()).map(move |at| self.get(at).unwrap_or_default())
    }
}

impl<'a> IntoIterator for Texts<'a> {
    type Item = &'a str;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        Iter { texts: self, next: 0 }
    }
}

/// Goes through the texts of a dictionary.
#[derive(Clone)]
pub struct Iter<'a> {
    texts: Texts<'a>,
    next: usize,
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.texts.get(self.next)?;
        self.next += 1;
        Some(text)
    }
}

impl Index<usize> for Texts<'_> {
    type Output = str;

    fn index(&self, at: usize) -> &str {
        self.get(at).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_by_code() {
        let dictionary = Dictionary::new(["", "a", "größe", "b"]).unwrap();
        let texts = dictionary.texts();
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["", "a", "größe", "b"]);
        assert_eq!(texts.into_iter().collect::<Vec<_>>(), texts.iter().collect::<Vec<_>>());
        assert_eq!((texts.len(), &texts[2], dictionary.get(3)), (4, "größe", Some("b")));
        assert_eq!((dictionary.get(0), dictionary.get(4)), (None, None));
    }

    #[test]
    fn what_is_no_dictionary_is_refused() {
        let of =
            |bytes: &[u8], ends: &[u64]| Dictionary::of_bytes(bytes.to_vec().into(), ends.to_vec().into());
        assert!(of("aé".as_bytes(), &[0, 1, 3]).is_some());
        for (bytes, ends) in [
            (&b"a"[..], &[1][..]),
            (b"a", &[0]),
            (b"a", &[]),
            (b"a", &[0, 2]),
            (b"ab", &[0, 2, 1, 2]),
            ("é".as_bytes(), &[0, 1, 2]),
            (b"\xC3", &[0, 1]),
            (b"a", &[0, u64::MAX]),
        ] {
            assert!(of(bytes, ends).is_none(), "{bytes:?} {ends:?}");
        }
        assert!(Dictionary::new(["a"]).is_none());
        assert!(Dictionary::new([]).is_none());
    }
}
