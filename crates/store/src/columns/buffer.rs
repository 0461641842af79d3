//! A slice of plain numbers that is either owned or lies in a mapped file. The only place here that reads memory
//! through a pointer: reading a slice must cost nothing, and checking where it lies at each access would not.

use std::{fmt, ops::Deref, ptr::NonNull, slice, sync::Arc};

use bytemuck::Pod;
use memmap2::Mmap;
#[cfg(unix)]
use memmap2::UncheckedAdvice;

/// An immutable slice, cheap to clone, that keeps what it lies in alive.
#[derive(Clone)]
pub struct Buffer<T: Pod> {
    start: NonNull<T>,
    len: usize,
    owner: Owner<T>,
}

/// What holds the memory. It is never changed, and stays where it is when the owner moves.
#[derive(Clone)]
enum Owner<T> {
    Vec { _numbers: Arc<Vec<T>> },
    Map { map: Arc<Mmap> },
}

// SAFETY: a buffer gives shared access to immutable plain numbers, which its owner, itself `Send` and `Sync`, keeps.
unsafe impl<T: Pod + Send + Sync> Send for Buffer<T> {}
// SAFETY: as above.
unsafe impl<T: Pod + Send + Sync> Sync for Buffer<T> {}

impl<T: Pod> Buffer<T> {
    /// The numbers that lie at those bytes of a mapped file; `None` when the bytes are outside the file,
    /// not aligned, or no whole number of elements.
    #[must_use]
    pub fn mapped(map: Arc<Mmap>, start: usize, bytes: usize) -> Option<Self> {
        let bytes = map.get(start..start.checked_add(bytes)?)?;
        let numbers = bytemuck::try_cast_slice::<u8, T>(bytes).ok()?;
        let (start, len) = (NonNull::from(numbers).cast(), numbers.len());
        Some(Self { start, len, owner: Owner::Map { map } })
    }
}

impl<T: Pod> Buffer<T> {
    /// Lets go of the memory that the mapped file of these numbers takes up, until it is read again. Others who read it
    /// only wait for it.
    pub(crate) fn let_go(&self) {
        #[cfg(unix)]
        if let Owner::Map { map } = &self.owner {
            // SAFETY: the map is of a file, for reading only, so that its pages can be read again at any time.
            let _ = unsafe { map.unchecked_advise(UncheckedAdvice::DontNeed) };
        }
    }
}

impl<T: Pod> Deref for Buffer<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: `start` and `len` are those of a slice of `T` in what the owner holds, which is never changed and
        // lives at least as long as `self`.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }
}

/// Bytes that are UTF-8.
#[derive(Clone, Debug)]
pub(super) struct TextBuffer(Buffer<u8>);

impl TextBuffer {
    /// The bytes as text; `None` when they are not UTF-8.
    pub(super) fn new(bytes: Buffer<u8>) -> Option<Self> {
        str::from_utf8(&bytes).is_ok().then_some(Self(bytes))
    }

    /// As [`Buffer::let_go`].
    pub(super) fn let_go(&self) {
        self.0.let_go();
    }
}

impl Deref for TextBuffer {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        // SAFETY: the bytes were found to be UTF-8, and are never changed.
        unsafe { str::from_utf8_unchecked(&self.0) }
    }
}

impl<T: Pod> From<Vec<T>> for Buffer<T> {
    fn from(numbers: Vec<T>) -> Self {
        let numbers = Arc::new(numbers);
        let (start, len) = (NonNull::from(numbers.as_slice()).cast(), numbers.len());
        Self { start, len, owner: Owner::Vec { _numbers: numbers } }
    }
}

impl<T: Pod> Default for Buffer<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T: Pod + fmt::Debug> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deref().fmt(f)
    }
}
