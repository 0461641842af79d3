//! A slice of plain numbers that is either owned or lies in a mapped file. Reading it costs nothing: where it
//! lies is checked once.

use std::{fmt, ops::Deref, ptr::NonNull, sync::Arc};

use arrow_buffer::{ArrowNativeType, ScalarBuffer, alloc::Allocation};
use memmap2::Mmap;
#[cfg(unix)]
use memmap2::UncheckedAdvice;

/// An immutable slice, cheap to clone, that keeps what it lies in alive.
#[derive(Clone)]
pub struct Buffer<T: ArrowNativeType> {
    numbers: ScalarBuffer<T>,
    /// The file that the numbers lie in, if they do.
    map: Option<Arc<Mmap>>,
}

impl<T: ArrowNativeType> Buffer<T> {
    /// The numbers that lie at those bytes of a mapped file; `None` when the bytes are outside the file,
    /// not aligned, or no whole number of elements.
    #[must_use]
    pub fn mapped(map: Arc<Mmap>, start: usize, bytes: usize) -> Option<Self> {
        let bytes = map.get(start..start.checked_add(bytes)?)?;
        let is_aligned = bytes.as_ptr().align_offset(align_of::<T>()) == 0;
        if !is_aligned || !bytes.len().is_multiple_of(size_of::<T>()) {
            return None;
        }
        let owner: Arc<dyn Allocation> = Arc::<Mmap>::clone(&map);
        // SAFETY: the bytes lie in the map, which the owner keeps, and are never changed.
        let bytes = unsafe {
            arrow_buffer::Buffer::from_custom_allocation(NonNull::from(bytes).cast(), bytes.len(), owner)
        };
        Some(Self { numbers: bytes.into(), map: Some(map) })
    }

    /// Lets go of the memory that the mapped file of these numbers takes up, until it is read again. Others
    /// who read it only wait for it.
    pub(crate) fn let_go(&self) {
        #[cfg(unix)]
        if let Some(map) = &self.map {
            // SAFETY: the map is of a file, for reading only, so that its pages can be read again at any
            // time.
            let _ = unsafe { map.unchecked_advise(UncheckedAdvice::DontNeed) };
        }
    }
}

impl<T: ArrowNativeType> Deref for Buffer<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        &self.numbers
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

impl<T: ArrowNativeType> From<Vec<T>> for Buffer<T> {
    fn from(numbers: Vec<T>) -> Self {
        Self { numbers: numbers.into(), map: None }
    }
}

impl<T: ArrowNativeType> Default for Buffer<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<T: ArrowNativeType> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deref().fmt(f)
    }
}
