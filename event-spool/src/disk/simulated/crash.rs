//! What a disk may hold after a failure of the machine: every way in which what was not synced is there or not.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use super::{PAGE, SECTOR, state::NameChange};

/// The files of a directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Image {
    /// Content by file name.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Image {
    /// A number that two images share only if they are equal, as good as certainly.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }

    pub(super) fn random(&self) -> u64 {
        self.digest()
    }
}

/// A moment at which the machine may fail.
#[derive(Clone, Debug)]
pub struct CrashPoint {
    /// What [`SimulatedDirectory::set_phase`](super::SimulatedDirectory::set_phase) has last said.
    pub phase: usize,
    pub(super) names: BTreeMap<String, usize>,
    pub(super) pending: Vec<NameChange>,
    pub(super) files: Vec<FileState>,
}

#[derive(Clone, Debug)]
pub(super) struct FileState {
    pub durable: Arc<Vec<u8>>,
    pub durable_length: usize,
    pub versions: Vec<Arc<Vec<u8>>>,
    pub length: usize,
}

/// A page that differs between what is durable and what is not.
type DirtyPage = (usize, usize);

impl CrashPoint {
    /// Only what was synced.
    #[must_use]
    pub fn durable(&self) -> Image {
        self.build(&|_| false, &|_| false, &|_, _, _| Pick::Durable)
    }

    /// Calls back with systematic images first (nothing, everything, prefixes of names and pages, subsets of names, torn
    /// pages), then with `random` random ones from this seed. Some may be equal.
    pub fn for_each_image(&self, random: usize, seed: u64, each: &mut dyn FnMut(Image)) {
        let dirty = self.dirty_pages();
        for names in self.name_choices() {
            let keeps = |at: usize| names & (1 << at.min(63)) != 0;
            for everything in [false, true] {
                each(self.build(&keeps, &|_| everything, &|_, _, _| {
                    if everything { Pick::Newest } else { Pick::Durable }
                }));
            }
        }
        for names in [false, true] {
            for (at, &page) in dirty.iter().enumerate() {
                self.for_page(at, page, &dirty, names, each);
            }
        }
        let mut random_numbers = Numbers(seed | 1);
        for _ in 0..random {
            each(self.random_image(&dirty, &mut random_numbers));
        }
    }

    /// A prefix of the dirty pages, one page alone, all but one, and one that is torn at each sector.
    fn for_page(&self, at: usize, page: DirtyPage, dirty: &[DirtyPage], names: bool, each: &mut dyn FnMut(Image)) {
        let newest_if = |newest: bool| if newest { Pick::Newest } else { Pick::Durable };
        let before = |file, number| dirty.iter().position(|&other| other == (file, number)).is_some_and(|it| it <= at);
        each(self.build(&|_| names, &|_| true, &|file, number, _| newest_if(before(file, number))));
        each(self.build(&|_| names, &|_| true, &|file, number, _| newest_if((file, number) == page)));
        each(self.build(&|_| names, &|_| true, &|file, number, _| newest_if((file, number) != page)));
        for cut in 1..PAGE / SECTOR {
            for others in [false, true] {
                for first in [false, true] {
                    each(self.build(&|_| names, &|_| true, &|file, number, sector| {
                        newest_if(if (file, number) == page { (sector < cut) == first } else { others })
                    }));
                }
            }
        }
    }

    fn random_image(&self, dirty: &[DirtyPage], random: &mut Numbers) -> Image {
        let names = random.next();
        let lengths = random.next();
        let style = random.next() % 3;
        let mut picks = BTreeMap::new();
        for &(file, page) in dirty {
            let whole = random.next();
            for sector in 0..PAGE / SECTOR {
                let number = if style == 0 { random.next() } else { whole };
                let versions = self.files[file].versions.len() as u64 + 1;
                let pick = match number % versions {
                    0 => Pick::Durable,
                    version => Pick::Version(usize::try_from(version - 1).unwrap_or(0)),
                };
                picks.insert((file, page, sector), pick);
            }
        }
        self.build(&|at| names >> (at % 64) & 1 == 1, &|file| lengths >> (file % 64) & 1 == 1, &|file, page, sector| {
            picks.get(&(file, page, sector)).copied().unwrap_or(Pick::Durable)
        })
    }

    /// Bit sets of the changes of names that are kept: each prefix, and each subset of few.
    fn name_choices(&self) -> Vec<u64> {
        let count = self.pending.len().min(63);
        if count <= 4 {
            return (0..1 << count).collect();
        }
        (0..=count).map(|kept| (1 << kept) - 1).collect()
    }

    fn dirty_pages(&self) -> Vec<DirtyPage> {
        let mut dirty = Vec::new();
        for (at, file) in self.files.iter().enumerate() {
            for page in 0..file.length.max(file.durable.len()).div_ceil(PAGE) {
                let differs = |version: &Arc<Vec<u8>>| !equal_pages(version, &file.durable, page);
                if file.versions.iter().any(differs) {
                    dirty.push((at, page));
                }
            }
        }
        dirty
    }

    fn build(
        &self,
        keeps_name: &dyn Fn(usize) -> bool,
        keeps_length: &dyn Fn(usize) -> bool,
        pick: &dyn Fn(usize, usize, usize) -> Pick,
    ) -> Image {
        let mut names = self.names.clone();
        for (at, change) in self.pending.iter().enumerate() {
            if keeps_name(at) {
                change.apply(&mut names);
            }
        }
        let content = |at: usize| {
            let file = &self.files[at];
            let length = if keeps_length(at) { file.length } else { file.durable_length };
            file.compose(length, &|page, sector| pick(at, page, sector))
        };
        Image { files: names.into_iter().map(|(name, at)| (name, content(at))).collect() }
    }
}

/// Which content of a sector is on disk.
#[derive(Clone, Copy, Debug)]
enum Pick {
    Durable,
    Newest,
    Version(usize),
}

impl FileState {
    fn compose(&self, length: usize, pick: &dyn Fn(usize, usize) -> Pick) -> Vec<u8> {
        let mut bytes = vec![0; length];
        for start in (0..length).step_by(SECTOR) {
            let source = match pick(start / PAGE, start % PAGE / SECTOR) {
                Pick::Durable => Some(&self.durable),
                Pick::Newest => Some(self.versions.last().unwrap_or(&self.durable)),
                Pick::Version(at) => self.versions.get(at),
            };
            let end = (start + SECTOR).min(length);
            if let Some(source) = source.filter(|source| source.len() > start) {
                let end = end.min(source.len());
                bytes[start..end].copy_from_slice(&source[start..end]);
            }
        }
        bytes
    }
}

fn equal_pages(one: &[u8], other: &[u8], page: usize) -> bool {
    let range = |bytes: &[u8]| (page * PAGE).min(bytes.len())..((page + 1) * PAGE).min(bytes.len());
    let (one, other) = (&one[range(one)], &other[range(other)]);
    let common = one.len().min(other.len());
    one[..common] == other[..common] && one[common..].iter().chain(&other[common..]).all(|&byte| byte == 0)
}

/// Pseudo-random numbers (`xorshift64*`).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 8
    }
}
