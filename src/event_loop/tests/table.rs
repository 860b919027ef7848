//! Keys that outlive their entries.

use super::super::table::{Key, Table};

#[test]
fn a_removed_entrys_key_does_not_find_its_successor() {
    let mut table = Table::new();
    let first = table.insert('a');
    assert_eq!(table.remove(first), Some('a'));
    let second = table.insert('b');
    assert_ne!(first, second);
    assert_eq!(table.get(first), None);
    assert_eq!(table.remove(first), None);
    assert_eq!(table.get(second), Some(&'b'));
}

#[test]
fn keys_survive_being_numbers() {
    let mut table = Table::new();
    let keys: Vec<Key> = (0..100).map(|number| table.insert(number)).collect();
    for (number, key) in keys.iter().enumerate() {
        assert_ne!(key.to_bits(), u64::MAX);
        assert_eq!(table.get(Key::from_bits(key.to_bits())), Some(&number));
    }
}

#[test]
fn room_is_used_again() {
    let mut table = Table::new();
    let keys: Vec<Key> = (0..3).map(|number| table.insert(number)).collect();
    for key in &keys {
        table.remove(*key);
    }
    assert!(table.is_empty());
    for number in 0..3 {
        let key = table.insert(number);
        assert!(key.to_bits() >> 32 < 3, "the table grew");
    }
    assert_eq!(table.len(), 3);
    let mut drained = table.drain();
    drained.sort_unstable();
    assert_eq!(drained, [0, 1, 2]);
    assert_eq!(table.len(), 0);
}
