//! Spool, quarantine and journal in memory, with the effect of a loss of power on unsynced data.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

use super::random::Random;
use crate::id::EventId;
use crate::quarantine::Entry;
use crate::ship::journal::{JournalStore, Slot};
use crate::ship::storage::{EntryKey, QuarantineSink, RecordSource, ShipperStorage, SourceRecord, StorageError};

/// The state that outlives the process.
#[derive(Clone)]
pub struct Disk(Arc<Mutex<State>>);

pub struct State {
    pub records: BTreeMap<u64, Vec<u8>>,
    pub acknowledged: u64,
    synced_acknowledged: u64,
    pub quarantine: Vec<Quarantined>,
    synced_quarantine: usize,
    slots: [SlotState; 2],
    /// One in this many operations fails; none when 0.
    pub failing: u64,
    random: Random,
}

#[derive(Clone, Debug)]
pub struct Quarantined {
    pub id: Option<EventId>,
    pub sequence: u64,
    pub document: Vec<u8>,
}

#[derive(Default)]
struct SlotState {
    synced: Vec<u8>,
    pending: Vec<(usize, Vec<u8>)>,
}

impl SlotState {
    fn written(&self) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        for (offset, piece) in &self.pending {
            overwrite(&mut bytes, *offset, piece);
        }
        bytes
    }
}

fn overwrite(bytes: &mut Vec<u8>, offset: usize, piece: &[u8]) {
    if bytes.len() < offset + piece.len() {
        bytes.resize(offset + piece.len(), 0);
    }
    bytes[offset..offset + piece.len()].copy_from_slice(piece);
}

impl Disk {
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            records: BTreeMap::new(),
            acknowledged: 0,
            synced_acknowledged: 0,
            quarantine: Vec::new(),
            synced_quarantine: 0,
            slots: [SlotState::default(), SlotState::default()],
            failing: 0,
            random: Random::new(seed.wrapping_add(1 << 40)),
        })))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub fn storage(&self) -> ShipperStorage {
        let position = self.state().acknowledged + 1;
        ShipperStorage {
            source: Box::new(Reader { disk: self.clone(), position, buffer: Vec::new() }),
            quarantine: Box::new(self.clone()),
            journal: Box::new(self.clone()),
        }
    }

    /// Loses some of the unsynced data, as a loss of power does: each write is kept, lost or torn, independently.
    pub fn lose_power(&self) {
        let mut state = self.state();
        let state = &mut *state;
        let random = &mut state.random;
        state.acknowledged = random.within(state.synced_acknowledged..state.acknowledged + 1);
        state.synced_acknowledged = state.acknowledged;
        let kept = random.within(state.synced_quarantine as u64..state.quarantine.len() as u64 + 1);
        state.quarantine.truncate(usize::try_from(kept).unwrap());
        state.synced_quarantine = state.quarantine.len();
        for slot in &mut state.slots {
            for (offset, piece) in std::mem::take(&mut slot.pending) {
                let kept = match random.within(0..3) {
                    0 => 0,
                    1 => random.index(piece.len() + 1),
                    _ => piece.len(),
                };
                overwrite(&mut slot.synced, offset, &piece[..kept]);
            }
        }
    }
}

impl State {
    fn may_fail(&mut self) -> Result<(), StorageError> {
        if self.failing > 0 && self.random.one_in(self.failing) { Err("the disk fails".into()) } else { Ok(()) }
    }
}

struct Reader {
    disk: Disk,
    position: u64,
    buffer: Vec<u8>,
}

impl RecordSource for Reader {
    fn next(&mut self) -> Result<Option<SourceRecord<'_>>, StorageError> {
        let mut state = self.disk.state();
        state.may_fail()?;
        let Some((sequence, bytes)) = state.records.range(self.position..).next() else { return Ok(None) };
        self.position = sequence + 1;
        self.buffer.clone_from(bytes);
        Ok(Some(SourceRecord { sequence: self.position - 1, bytes: &self.buffer }))
    }

    fn acknowledge(&mut self, up_to: u64) -> Result<(), StorageError> {
        let mut state = self.disk.state();
        state.may_fail()?;
        assert!(up_to >= state.acknowledged, "{up_to} is before {}", state.acknowledged);
        state.acknowledged = up_to;
        Ok(())
    }

    fn acknowledged(&self) -> u64 {
        self.disk.state().acknowledged
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        let mut state = self.disk.state();
        state.may_fail()?;
        state.synced_acknowledged = state.acknowledged;
        Ok(())
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn newest(&self) -> u64 {
        self.disk.state().records.keys().next_back().copied().unwrap_or(0)
    }
}

impl QuarantineSink for Disk {
    fn put(&mut self, entry: &Entry<'_>) -> Result<(), StorageError> {
        let mut state = self.state();
        state.may_fail()?;
        let (id, document) = (entry.id, entry.document.to_vec());
        state.quarantine.push(Quarantined { id, sequence: entry.sequence.unwrap(), document });
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        let mut state = self.state();
        state.may_fail()?;
        state.synced_quarantine = state.quarantine.len();
        Ok(())
    }

    fn entries_after(&mut self, acknowledged: u64) -> Result<HashSet<EntryKey>, StorageError> {
        let state = self.state();
        let behind = state.quarantine.iter().filter(|entry| entry.sequence > acknowledged);
        Ok(behind.map(|entry| (entry.sequence, entry.id)).collect())
    }
}

impl JournalStore for Disk {
    fn load(&mut self, slot: Slot) -> Result<Vec<u8>, StorageError> {
        Ok(self.state().slots[slot as usize].written())
    }

    fn write(&mut self, slot: Slot, offset: u64, bytes: &[u8]) -> Result<(), StorageError> {
        let mut state = self.state();
        let failed = state.may_fail();
        let written = if failed.is_err() { state.random.index(bytes.len() + 1) } else { bytes.len() };
        let piece = bytes[..written].to_vec();
        state.slots[slot as usize].pending.push((usize::try_from(offset).unwrap(), piece));
        failed
    }

    fn sync(&mut self, slot: Slot) -> Result<(), StorageError> {
        let mut state = self.state();
        if let Err(failed) = state.may_fail() {
            // The pages count as clean from now on, whether they are on the disk or not.
            if state.random.one_in(2) {
                state.slots[slot as usize].pending.clear();
            }
            return Err(failed);
        }
        let slot = &mut state.slots[slot as usize];
        slot.synced = slot.written();
        slot.pending.clear();
        Ok(())
    }
}
