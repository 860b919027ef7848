//! A table whose keys never mean another entry than the one they were made for.

/// The key of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    index: u32,
    generation: u32,
}

impl Key {
    /// The key as a number; never `u64::MAX`.
    pub(super) fn to_bits(self) -> u64 {
        u64::from(self.index) << 32 | u64::from(self.generation)
    }

    pub(super) fn from_bits(bits: u64) -> Self {
        Self { index: (bits >> 32) as u32, generation: bits as u32 }
    }
}

/// Entries by key; adding, finding and removing take the same time however many there are.
pub(super) struct Table<T> {
    slots: Vec<Slot<T>>,
    first_free: Option<u32>,
    len: usize,
}

struct Slot<T> {
    /// Counts the entries that were here.
    generation: u32,
    content: Content<T>,
}

enum Content<T> {
    Entry(T),
    Free { next: Option<u32> },
}

impl<T> Table<T> {
    pub(super) fn new() -> Self {
        Self { slots: Vec::new(), first_free: None, len: 0 }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn insert(&mut self, entry: T) -> Key {
        self.len += 1;
        if let Some(index) = self.first_free {
            let slot = &mut self.slots[index as usize];
            if let Content::Free { next } = slot.content {
                self.first_free = next;
            }
            slot.content = Content::Entry(entry);
            return Key { index, generation: slot.generation };
        }
        let index = u32::try_from(self.slots.len())
            .ok()
            .filter(|&index| index != u32::MAX)
            .expect("memory ends long before 2^32 entries");
        self.slots.push(Slot { generation: 0, content: Content::Entry(entry) });
        Key { index, generation: 0 }
    }

    pub(super) fn get(&self, key: Key) -> Option<&T> {
        match self.slots.get(key.index as usize)? {
            Slot { generation, content: Content::Entry(entry) }
                if *generation == key.generation =>
            {
                Some(entry)
            }
            _ => None,
        }
    }

    pub(super) fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        match self.slots.get_mut(key.index as usize)? {
            Slot { generation, content: Content::Entry(entry) }
                if *generation == key.generation =>
            {
                Some(entry)
            }
            _ => None,
        }
    }

    pub(super) fn remove(&mut self, key: Key) -> Option<T> {
        self.get(key)?;
        let slot = &mut self.slots[key.index as usize];
        let content = std::mem::replace(&mut slot.content, Content::Free { next: self.first_free });
        slot.generation = slot.generation.wrapping_add(1);
        self.first_free = Some(key.index);
        self.len -= 1;
        match content {
            Content::Entry(entry) => Some(entry),
            Content::Free { .. } => None,
        }
    }

    /// The entries with their keys, in no particular order.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (Key, &mut T)> {
        (0..).zip(&mut self.slots).filter_map(|(index, slot)| match &mut slot.content {
            Content::Entry(entry) => Some((Key { index, generation: slot.generation }, entry)),
            Content::Free { .. } => None,
        })
    }

    /// The entries, in no particular order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().filter_map(|slot| match &slot.content {
            Content::Entry(entry) => Some(entry),
            Content::Free { .. } => None,
        })
    }

    /// Takes every entry out; keys made before stay without meaning.
    pub(super) fn drain(&mut self) -> Vec<T> {
        let keys: Vec<Key> = self.iter_mut().map(|(key, _)| key).collect();
        keys.into_iter().filter_map(|key| self.remove(key)).collect()
    }
}
