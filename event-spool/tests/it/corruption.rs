//! Damaged files: bits flipped and files truncated at every position, noise, files of other spools.

use std::collections::BTreeMap;

use event_spool::{
    OpenError, Recovery, Sequence, Spool,
    simulated::{Image, Operation, Repeats, SimulatedDirectory},
};
use proptest::prelude::*;

use crate::support::{append, drain, expected, record, small};

const FRAMES_OFFSET: usize = 4096;

/// The files of a killed process: three segments and a spare one, a reader, and a hole in the last segment.
fn killed() -> (Image, Vec<(u64, Vec<u8>)>) {
    let disk = SimulatedDirectory::default();
    let spool = small().open_simulated(&disk).unwrap();
    append(&spool, 1..=40);
    let mut reader = spool.reader("one").unwrap();
    reader.next().unwrap().unwrap();
    reader.acknowledge(Sequence::FIRST).unwrap();
    spool.maintain();
    spool.abandon(b"in progress").unwrap();
    spool.append(&record(42)).unwrap();
    (disk.image(), [expected(2..=40), expected(42..=42)].concat())
}

fn closed() -> (Image, Vec<(u64, Vec<u8>)>) {
    let disk = SimulatedDirectory::default();
    let spool = small().open_simulated(&disk).unwrap();
    append(&spool, 1..=40);
    spool.maintain();
    drop((spool.reader("one").unwrap(), spool));
    (disk.image(), expected(1..=40))
}

fn open(image: &Image) -> Result<(SimulatedDirectory, Spool), OpenError> {
    let disk = SimulatedDirectory::new(image);
    let spool = small().open_simulated(&disk)?;
    Ok((disk, spool))
}

/// Opens a spool with these files, and returns the records that are read.
fn read(image: &Image) -> (Vec<(u64, Vec<u8>)>, Recovery, Image) {
    let (disk, spool) = open(image).unwrap();
    let found = drain(&mut spool.reader("one").unwrap());
    (found, spool.recovery().clone(), disk.image())
}

fn segments(image: &Image) -> Vec<String> {
    image.files.keys().filter(|name| name.starts_with("segment-")).cloned().collect()
}

/// The range of each record's payload in a segment, by its sequence.
fn places(bytes: &[u8], records: &[(u64, Vec<u8>)]) -> BTreeMap<u64, std::ops::Range<usize>> {
    let mut places = BTreeMap::new();
    for (sequence, content) in records {
        let mut starts = (FRAMES_OFFSET + 16..bytes.len()).step_by(8);
        if let Some(start) = starts.find(|&start| bytes[start..].starts_with(content)) {
            places.insert(*sequence, start - 16..start + content.len());
        }
    }
    places
}

fn check_flips(image: &Image, records: &[(u64, Vec<u8>)]) -> usize {
    let before = read(image).1;
    let mut flips = 0;
    for name in segments(image) {
        let places = places(&image.files[&name], records);
        for at in 0..image.files[&name].len() {
            let mut damaged = image.clone();
            damaged.files.get_mut(&name).unwrap()[at] ^= 1 << (at % 8);
            let (found, recovery, after) = read(&damaged);
            flips += 1;
            let hit = places.iter().find(|(_, place)| place.contains(&at)).map(|(sequence, _)| *sequence);
            let whole: Vec<_> = records.iter().filter(|(sequence, _)| Some(*sequence) != hit).cloned().collect();
            assert_eq!(found, whole, "{name} at {at}");
            if hit.is_some() {
                let counted = |of: &Recovery| of.corrupt + of.torn_tails + of.holes;
                // Damage behind a hole makes it one greater hole, or a torn tail.
                let grown = recovery.missing_records > before.missing_records || recovery.holes < before.holes;
                assert!(counted(&recovery) > counted(&before) || grown, "{name} at {at}: {recovery:?}");
                let aside = after.files.keys().any(|file| file.starts_with("damaged-"));
                assert!(aside || grown, "{name} at {at}");
            }
        }
    }
    flips
}

#[test]
fn flipped_bit_costs_only_the_damaged_record() {
    let (image, records) = killed();
    let (closed_image, closed_records) = closed();
    let flips = check_flips(&image, &records) + check_flips(&closed_image, &closed_records);
    println!("{flips} flipped bits");
    assert!(flips > 30_000);
}

#[test]
fn truncated_file_keeps_the_records_before() {
    let mut cuts = 0;
    for (image, records) in [killed(), closed()] {
        for name in segments(&image) {
            let bytes = &image.files[&name];
            let places = places(bytes, &records);
            for length in 0..bytes.len() {
                let mut damaged = image.clone();
                damaged.files.get_mut(&name).unwrap().truncate(length);
                let (found, ..) = read(&damaged);
                cuts += 1;
                let is_whole = |sequence| places.get(sequence).is_none_or(|place| place.end <= length);
                let whole: Vec<_> = records.iter().filter(|(sequence, _)| is_whole(sequence)).cloned().collect();
                assert_eq!(found, whole, "{name} cut at {length}");
            }
        }
    }
    println!("{cuts} cuts");
    assert!(cuts > 30_000);
}

#[test]
fn damaged_acknowledgements_lose_no_record() {
    let (image, records) = killed();
    let reader = &image.files["reader-one"];
    for at in 0..reader.len() {
        let mut damaged = image.clone();
        damaged.files.get_mut("reader-one").unwrap()[at] ^= 0x10;
        let (found, ..) = read(&damaged);
        assert!(found == records || found == [expected(1..=1), records.clone()].concat(), "flipped at {at}");
        let mut cut = image.clone();
        cut.files.get_mut("reader-one").unwrap().truncate(at);
        let (found, ..) = read(&cut);
        assert!(found == records || found == [expected(1..=1), records.clone()].concat(), "cut at {at}");
    }
}

#[test]
fn corrupt_frame_is_counted_and_saved_once() {
    let (mut image, records) = closed();
    let name = segments(&image)[0].clone();
    let place = places(&image.files[&name], &records)[&3].clone();
    let original = image.files[&name][place.clone()].to_vec();
    image.files.get_mut(&name).unwrap()[place.start + 20] ^= 1;
    let (found, recovery, after) = read(&image);
    assert_eq!(found, [expected(1..=2), expected(4..=40)].concat());
    assert_eq!((recovery.corrupt, recovery.missing_records, recovery.set_aside, recovery.records), (1, 1, 1, 39));
    let aside: Vec<_> = after.files.iter().filter(|(name, _)| name.starts_with("damaged-")).collect();
    assert_eq!(aside.len(), 1);
    let differing = aside[0].1.iter().zip(&original).filter(|(one, other)| one != other).count();
    assert_eq!(differing, 1, "what is kept aside are the damaged bytes");
    let (found_again, recovery, again) = read(&after);
    assert_eq!((found_again.len(), recovery.corrupt, recovery.set_aside), (found.len(), 1, 0));
    assert_eq!(again.files.keys().filter(|name| name.starts_with("damaged-")).count(), 1);
}

#[test]
fn acknowledged_numbers_are_never_reused() {
    let (mut image, _) = closed();
    let (disk, spool) = open(&image).unwrap();
    let mut reader = spool.reader("one").unwrap();
    drain(&mut reader);
    reader.acknowledge(Sequence::new(40)).unwrap();
    drop((reader, spool));
    image = disk.image();
    image.files.retain(|name, _| !name.starts_with("segment-"));
    let (_, spool) = open(&image).unwrap();
    assert_eq!(spool.append(b"next").unwrap(), Sequence::new(41));
    assert_eq!(drain(&mut spool.reader("one").unwrap()), [(41, b"next".to_vec())]);
}

#[test]
fn segment_of_another_place_or_spool_is_not_read() {
    let (image, records) = closed();
    let names = segments(&image);
    let mut copied = image.clone();
    let content = image.files[&names[0]].clone();
    copied.files.insert("segment-00000000000000000077".to_owned(), content);
    let (found, recovery, after) = read(&copied);
    assert_eq!((found, recovery.damaged_segments), (records, 1));
    assert!(after.files.contains_key("damaged-segment-00000000000000000077"));
    assert!(segments(&after).last().unwrap().as_str() > "segment-00000000000000000077", "numbers are not used again");
}

/// Bytes that would be a valid frame without a salt, or with the salt of another segment.
fn frame(salt: u64, sequence: u64, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(16 + payload.len()).unwrap();
    let seeds = crc32c::crc32c(&salt.to_le_bytes());
    let head = [&length.to_le_bytes()[..], &sequence.to_le_bytes()].concat();
    let crc = crc32c::crc32c_append(crc32c::crc32c_append(seeds, &head), payload);
    [&crc.to_le_bytes()[..], &length.to_le_bytes(), &(sequence ^ salt).to_le_bytes(), payload].concat()
}

#[test]
fn payload_is_never_read_as_a_frame() {
    let other = closed().0;
    let foreign_salt = u64::from_le_bytes(other.files[&segments(&other)[0]][16..24].try_into().unwrap());
    let disk = SimulatedDirectory::new(&Image { files: [("noise".to_owned(), vec![1])].into() });
    let spool = small().open_simulated(&disk).unwrap();
    append(&spool, 1..=1);
    let forged: Vec<u8> = [0, foreign_salt].iter().flat_map(|&salt| frame(salt, 2, b"forged!!")).collect();
    spool.append(&forged).unwrap();
    append(&spool, 3..=3);
    drop(spool);
    let mut image = disk.image();
    let name = segments(&image)[0].clone();
    let own_salt = u64::from_le_bytes(image.files[&name][16..24].try_into().unwrap());
    assert!(own_salt != 0 && own_salt != foreign_salt);
    let at = image.files[&name].windows(forged.len()).position(|bytes| bytes == forged).unwrap();
    // The frame around it is damaged, so that the scan passes through the payload.
    image.files.get_mut(&name).unwrap()[at - 16] ^= 1;
    assert_eq!(read(&image).0, [expected(1..=1), expected(3..=3)].concat());
    // The test would see it: with the segment's own salt, the same bytes are a frame.
    let genuine = frame(own_salt, 2, b"genuine!");
    image.files.get_mut(&name).unwrap()[at..at + genuine.len()].copy_from_slice(&genuine);
    assert_eq!(read(&image).0[1], (2, b"genuine!".to_vec()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn noise_in_any_file_never_panics(
        noise in proptest::collection::vec(any::<u8>(), 0..10_000),
        at in 0_usize..9_000,
        file in 0_usize..6,
    ) {
        let (mut image, _) = killed();
        let names: Vec<_> = image.files.keys().cloned().collect();
        let content = image.files.get_mut(&names[file % names.len()]).unwrap();
        let end = (at + noise.len()).max(content.len());
        content.resize(end, 0);
        content[at..at + noise.len()].copy_from_slice(&noise);
        // A version of the future is the one thing that noise could say, were its checksum right.
        let (_, spool) = open(&image).unwrap();
        let mut reader = spool.reader("one").unwrap();
        let found = drain(&mut reader);
        prop_assert!(found.windows(2).all(|pair| pair[0].0 < pair[1].0));
        prop_assert!(found.iter().all(|(sequence, content)| *content == record(*sequence)));
        spool.append(b"goes on").unwrap();
        prop_assert_eq!(drain(&mut reader).len(), 1);
    }
}

/// The damage counted by two consecutive openings.
fn counted(image: &Image) -> [u64; 2] {
    let (disk, spool) = open(image).unwrap();
    let first = spool.recovery().damaged_records;
    assert_eq!(spool.stats().damaged_records, first);
    // Nothing is counted again by whoever reads over it.
    let mut reader = spool.reader("one").unwrap();
    let waiting = spool.records_after(reader.acknowledged());
    assert_eq!((waiting, reader.backlog().records), (drain(&mut reader).len() as u64, waiting));
    assert_eq!(spool.stats().damaged_records, first);
    drop((reader, spool));
    let (_disk, spool) = open(&disk.image()).unwrap();
    [first, spool.recovery().damaged_records]
}

/// The file and the position of a record.
fn place_of(image: &Image, records: &[(u64, Vec<u8>)], sequence: u64) -> (String, std::ops::Range<usize>) {
    let found = segments(image).into_iter().find_map(|name| {
        let place = places(&image.files[&name], records).get(&sequence).cloned()?;
        Some((name, place))
    });
    found.unwrap()
}

#[test]
fn each_damaged_record_is_counted_once() {
    let (image, records) = closed();
    for (sequence, _) in &records {
        let (name, place) = place_of(&image, &records, *sequence);
        let mut damaged = image.clone();
        damaged.files.get_mut(&name).unwrap()[place].fill(0xa5);
        assert_eq!(counted(&damaged), [1, 0], "record {sequence}");
    }
}

#[test]
fn damage_at_an_uncut_end_is_counted_once() {
    for newest in 1..=3 {
        let disk = SimulatedDirectory::default();
        let spool = small().open_simulated(&disk).unwrap();
        append(&spool, 1..=6);
        // Nothing is behind it: the process was killed.
        let mut image = disk.image();
        let records = expected(1..=6);
        for sequence in 7 - newest..=6 {
            let (name, place) = place_of(&image, &records, sequence);
            image.files.get_mut(&name).unwrap()[place.start + 17] ^= 1;
        }
        for boot in [None, Some(9)] {
            let started = |image: &Image| {
                let disk = SimulatedDirectory::new(image);
                if let Some(boot) = boot { disk.in_boot(boot) } else { disk }
            };
            let disk = started(&image);
            disk.fail(Operation::Truncate, 0, Repeats::Always, std::io::ErrorKind::Other);
            // Otherwise the segment behind it says which sequences are missing.
            disk.fail(Operation::Allocate, 0, Repeats::Always, std::io::ErrorKind::StorageFull);
            let spool = small().open_simulated(&disk).unwrap();
            assert_eq!(spool.recovery().damaged_records, newest);
            let killed = disk.image();
            drop(spool);
            let closed = disk.image();
            for image in [&killed, &closed] {
                let spool = small().open_simulated(&started(image)).unwrap();
                assert_eq!(spool.recovery().damaged_records, 0, "{newest} records, {boot:?}");
                let next = spool.append(b"next").unwrap();
                assert!(next.get() > 6, "the number of a damaged record is not given again");
                assert_eq!(drain(&mut spool.reader("one").unwrap()).len() as u64, 6 - newest + 1);
                assert_eq!(spool.records_after(None), 6 - newest + 1);
            }
        }
    }
}

#[test]
fn records_of_a_lost_segment_are_counted_once() {
    let (image, records) = closed();
    let names = segments(&image);
    assert_eq!(names.len(), 4, "one of them without records");
    for name in &names {
        let lost = places(&image.files[name], &records).len() as u64;
        let mut damaged = image.clone();
        damaged.files.get_mut(name).unwrap()[..1024].fill(0xa5);
        assert_eq!(counted(&damaged), [lost, 0], "{name}");
    }
}

#[test]
fn damage_after_other_damage_is_counted() {
    let (image, records) = closed();
    let flip = |image: &mut Image, sequence| {
        let (name, place) = place_of(image, &records, sequence);
        image.files.get_mut(&name).unwrap()[place.start + 17] ^= 1;
    };
    let mut damaged = image.clone();
    flip(&mut damaged, 20);
    let (disk, spool) = open(&damaged).unwrap();
    assert_eq!(spool.recovery().damaged_records, 1);
    drop(spool);
    let mut damaged = disk.image();
    flip(&mut damaged, 7);
    flip(&mut damaged, 21);
    assert_eq!(counted(&damaged), [2, 0]);
}

#[test]
fn damage_to_acknowledged_records_is_harmless() {
    let (image, records) = closed();
    let (disk, spool) = open(&image).unwrap();
    let mut reader = spool.reader("one").unwrap();
    drain(&mut reader);
    reader.acknowledge(Sequence::new(20)).unwrap();
    drop((reader, spool));
    let mut damaged = disk.image();
    for sequence in [19, 20, 21] {
        let (name, place) = place_of(&damaged, &records, sequence);
        damaged.files.get_mut(&name).unwrap()[place].fill(0xa5);
    }
    assert_eq!(counted(&damaged), [1, 0]);
}

#[test]
fn record_of_a_killed_producer_is_not_damage() {
    let (image, _) = killed();
    let (_disk, spool) = open(&image).unwrap();
    assert_eq!((spool.recovery().damaged_records, spool.recovery().unfinished_records), (0, 1));
    let other_boot = SimulatedDirectory::new(&image).in_boot(9);
    let spool = small().open_simulated(&other_boot).unwrap();
    assert_eq!((spool.recovery().damaged_records, spool.recovery().unfinished_records), (1, 0));
}

#[test]
fn skipped_sequences_do_not_count_as_damage() {
    let (image, _) = killed();
    let disk = SimulatedDirectory::new(&image).in_boot(9);
    let spool = small().open_simulated(&disk).unwrap();
    assert!(spool.recovery().skipped_sequences > 0);
    assert_eq!(spool.records_after(None), drain(&mut spool.reader("one").unwrap()).len() as u64 + 1);
    for _ in 0..3 {
        spool.append(b"after the power failure").unwrap();
    }
    drop(spool);
    let (_disk, spool) = open(&disk.image()).unwrap();
    assert_eq!(spool.recovery().damaged_records, 0);
    assert_eq!(spool.records_after(None), 41 + 3);
}
