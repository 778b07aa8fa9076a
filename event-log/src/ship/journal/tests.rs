//! Intents through restarts, torn writes and changes of slots.

use std::sync::{Arc, Mutex};

use super::super::settings::IntentSync;
use super::super::storage::{RecordSource, SourceRecord, StorageError};
use super::{Journal, JournalStore, SLOT_BYTES, Slot, form};

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<[Vec<u8>; 2]>>);

impl JournalStore for Memory {
    fn load(&mut self, slot: Slot) -> Result<Vec<u8>, StorageError> {
        Ok(self.0.lock().unwrap()[slot as usize].clone())
    }

    fn write(&mut self, slot: Slot, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        let slot = &mut self.0.lock().unwrap()[slot as usize];
        let offset = usize::try_from(offset).unwrap();
        if slot.len() < offset + bytes.len() {
            slot.resize(offset + bytes.len(), 0);
        }
        slot[offset..offset + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self, _: Slot) -> Result<(), StorageError> {
        Ok(())
    }
}

/// A spool of which only the numbers matter.
#[derive(Default)]
struct Numbers {
    acknowledged: u64,
    newest: u64,
}

impl RecordSource for Numbers {
    fn next(&mut self) -> Result<Option<SourceRecord<'_>>, StorageError> {
        Ok(None)
    }

    fn acknowledge(&mut self, up_to: u64) -> Result<(), StorageError> {
        self.acknowledged = up_to;
        Ok(())
    }

    fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        Ok(())
    }

    fn position(&self) -> u64 {
        self.newest + 1
    }

    fn newest(&self) -> u64 {
        self.newest
    }
}

fn open(memory: &Memory, numbers: &mut Numbers) -> Journal {
    Journal::open(Box::new(memory.clone()), IntentSync::BeforeSend, numbers).unwrap()
}

fn replayed(memory: &Memory, numbers: &mut Numbers, sequences: &[u64]) -> Vec<Option<String>> {
    let journal = open(memory, numbers);
    sequences.iter().map(|sequence| journal.replayed(*sequence).map(ToString::to_string)).collect()
}

fn name(text: &str) -> String {
    text.to_owned()
}

#[test]
fn intents_are_replayed_only_after_a_restart() {
    let (memory, mut numbers) = (Memory::default(), Numbers { acknowledged: 0, newest: 9 });
    let mut journal = open(&memory, &mut numbers);
    journal.intend(&[(1, 3), (5, 6)], &Arc::from("a"), &mut numbers).unwrap();
    journal.intend(&[(2, 2)], &Arc::from("b"), &mut numbers).unwrap();
    assert_eq!(journal.replayed(1), None, "this process sent it itself");
    drop(journal);
    let wanted = [Some(name("a")), Some(name("b")), Some(name("a")), None, Some(name("a"))];
    assert_eq!(replayed(&memory, &mut numbers, &[1, 2, 3, 4, 5]), wanted);
    assert_eq!(replayed(&memory, &mut numbers, &[1, 2, 3, 4, 5]), wanted, "and after another one");
    numbers.acknowledged = 2;
    assert_eq!(replayed(&memory, &mut numbers, &[1, 2, 3]), [None, None, Some(name("a"))]);
}

#[test]
fn intent_covers_spooled_records_in_advance() {
    let (memory, mut numbers) = (Memory::default(), Numbers { acknowledged: 0, newest: 100 });
    let mut journal = open(&memory, &mut numbers);
    journal.intend(&[(1, 10)], &Arc::from("a"), &mut numbers).unwrap();
    let end = journal.end;
    journal.intend(&[(11, 100)], &Arc::from("a"), &mut numbers).unwrap();
    assert_eq!(journal.end, end);
    journal.intend(&[(101, 101)], &Arc::from("a"), &mut numbers).unwrap();
    assert!(journal.end > end);
    journal.intend(&[(50, 60)], &Arc::from("b"), &mut numbers).unwrap();
    assert_eq!(
        replayed(&memory, &mut numbers, &[49, 50, 60, 61]),
        [Some(name("a")), Some(name("b")), Some(name("b")), Some(name("a"))]
    );
}

#[test]
fn journal_stays_within_its_slots() {
    let (memory, mut numbers) = (Memory::default(), Numbers::default());
    let mut journal = open(&memory, &mut numbers);
    for sequence in 1..20_000 {
        numbers.newest = sequence;
        let index = if sequence % 2 == 0 { "even" } else { "odd" };
        journal.intend(&[(sequence, sequence)], &Arc::from(index), &mut numbers).unwrap();
        numbers.acknowledged = sequence.saturating_sub(10);
    }
    assert!(memory.0.lock().unwrap().iter().all(|slot| slot.len() as u64 <= SLOT_BYTES + 100));
    assert_eq!(replayed(&memory, &mut numbers, &[19_998, 19_999]), [Some(name("even")), Some(name("odd"))]);
}

#[test]
fn every_torn_write_leaves_all_intents_before_it() {
    let (memory, mut numbers) = (Memory::default(), Numbers { acknowledged: 0, newest: 0 });
    let mut journal = open(&memory, &mut numbers);
    journal.intend(&[(1, 1)], &Arc::from("a"), &mut numbers).unwrap();
    let (slot, before) = (journal.slot, usize::try_from(journal.end).unwrap());
    journal.intend(&[(2, 2)], &Arc::from("b"), &mut numbers).unwrap();
    drop(journal);
    let whole = memory.0.lock().unwrap()[slot as usize].clone();
    for end in before..=whole.len() {
        let torn = Memory(Arc::new(Mutex::new(memory.0.lock().unwrap().clone())));
        torn.0.lock().unwrap()[slot as usize].truncate(end);
        let second = if end == whole.len() { Some(name("b")) } else { None };
        assert_eq!(replayed(&torn, &mut numbers, &[1, 2]), [Some(name("a")), second], "cut at {end}");
    }
}

#[test]
fn flipped_bit_never_changes_an_intent() {
    let (memory, mut numbers) = (Memory::default(), Numbers { acknowledged: 0, newest: 0 });
    let mut journal = open(&memory, &mut numbers);
    journal.intend(&[(1, 1)], &Arc::from("a"), &mut numbers).unwrap();
    let slot = journal.slot as usize;
    drop(journal);
    let length = memory.0.lock().unwrap()[slot].len();
    for bit in 0..length * 8 {
        let flipped = Memory(Arc::new(Mutex::new(memory.0.lock().unwrap().clone())));
        flipped.0.lock().unwrap()[slot][bit / 8] ^= 1 << (bit % 8);
        let found = replayed(&flipped, &mut numbers, &[1]);
        assert!(found == [None] || found == [Some(name("a"))], "bit {bit}: {found:?}");
    }
}

#[test]
fn entries_of_an_older_generation_are_ignored() {
    let stale = form::intent(3, "old", &[(1, 1)]);
    let mut bytes = form::slot(5, &super::super::index_assignments::IndexAssignments::default());
    bytes.extend(stale);
    let found = form::read(&bytes).unwrap().unwrap();
    assert_eq!((found.generation, found.assignments.last()), (5, 0));
}

#[test]
fn slot_of_a_newer_release_is_kept() {
    let mut bytes = form::slot(1, &super::super::index_assignments::IndexAssignments::default());
    bytes[7] = 2;
    let checksum = crc32c::crc32c(&bytes[..16]).to_le_bytes();
    bytes[16..20].copy_from_slice(&checksum);
    let error = form::read(&bytes).err().unwrap();
    assert_eq!(error.to_string(), "version `2` of the journal of intents is unknown; use the release that wrote it");
}
