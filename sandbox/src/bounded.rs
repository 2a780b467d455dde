//! A list that holds only the newest of what it was given.

use std::collections::VecDeque;

/// How many items a list keeps, ...
pub(crate) const MAX_ITEMS: usize = 100_000;
/// ... and how many bytes of what users sent.
pub(crate) const MAX_BYTES: usize = 64 * 1024 * 1024;

/// What keeping something costs.
pub(crate) trait Size {
    /// The bytes in it that have no other bound.
    fn bytes(&self) -> usize;
}

/// The oldest leave when there are more than [`MAX_ITEMS`], or more than [`MAX_BYTES`] in them.
#[derive(Debug)]
pub(crate) struct Bounded<T> {
    items: VecDeque<T>,
    bytes: usize,
    left: u64,
}

impl<T> Default for Bounded<T> {
    fn default() -> Self {
        Bounded { items: VecDeque::new(), bytes: 0, left: 0 }
    }
}

impl<T: Size> Bounded<T> {
    /// Adds the newest item. `leaves` gets each that has to make room.
    pub(crate) fn push(&mut self, item: T, mut leaves: impl FnMut(T)) {
        self.bytes += item.bytes();
        self.items.push_back(item);
        while self.items.len() > MAX_ITEMS || self.bytes > MAX_BYTES {
            let Some(oldest) = self.items.pop_front() else {
                return;
            };
            self.bytes -= oldest.bytes();
            self.left += 1;
            leaves(oldest);
        }
    }
}

impl<T> Bounded<T> {
    /// The oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.items.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.items.iter_mut()
    }

    pub(crate) fn get(&self, place: usize) -> Option<&T> {
        self.items.get(place)
    }

    pub(crate) fn newest(&self) -> Option<&T> {
        self.items.back()
    }

    /// How many items have left.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    /// How many items were ever added.
    pub(crate) fn added(&self) -> u64 {
        self.left + self.items.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Size for usize {
        fn bytes(&self) -> usize {
            *self
        }
    }

    #[test]
    fn the_oldest_leave_and_are_counted() {
        let mut list = Bounded::default();
        let mut gone = Vec::new();
        for item in 0..MAX_ITEMS + 3 {
            list.push(item % 7, |item| gone.push(item));
        }
        assert_eq!((list.items.len(), list.left(), list.added()), (MAX_ITEMS, 3, MAX_ITEMS as u64 + 3));
        assert_eq!((gone, list.get(0)), (vec![0, 1, 2], Some(&3)));
        assert_eq!(list.bytes, list.iter().sum::<usize>());
    }

    #[test]
    fn large_items_leave_sooner() {
        let mut list = Bounded::default();
        for _ in 0..6 {
            list.push(MAX_BYTES / 4, drop);
        }
        assert_eq!((list.items.len(), list.left(), list.bytes), (4, 2, MAX_BYTES));
        list.push(MAX_BYTES + 1, drop);
        assert_eq!((list.items.len(), list.bytes), (0, 0));
    }
}
