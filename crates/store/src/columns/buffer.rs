//! A slice of plain numbers that is either owned or lies in a mapped file.

use std::{fmt, ops::Deref, sync::Arc};

use bytemuck::Pod;
use memmap2::Mmap;

/// An immutable slice, cheap to clone, that keeps what it lies in alive.
#[derive(Clone)]
pub struct Buffer<T: Pod>(Inner<T>);

#[derive(Clone)]
enum Inner<T: Pod> {
    Owned(Arc<Vec<T>>),
    Mapped { map: Arc<Mmap>, start: usize, bytes: usize },
}

impl<T: Pod> Buffer<T> {
    /// The numbers that lie at those bytes of a mapped file; `None` when the bytes are outside the file,
    /// not aligned, or no whole number of elements.
    #[must_use]
    pub fn mapped(map: Arc<Mmap>, start: usize, bytes: usize) -> Option<Self> {
        let slice = map.get(start..start.checked_add(bytes)?)?;
        bytemuck::try_cast_slice::<u8, T>(slice).ok()?;
        Some(Self(Inner::Mapped { map, start, bytes }))
    }
}

impl<T: Pod> Deref for Buffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Inner::Owned(slice) => slice,
            Inner::Mapped { map, start, bytes } => bytemuck::cast_slice(&map[*start..*start + *bytes]),
        }
    }
}

impl<T: Pod> From<Vec<T>> for Buffer<T> {
    fn from(numbers: Vec<T>) -> Self {
        Self(Inner::Owned(Arc::new(numbers)))
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
