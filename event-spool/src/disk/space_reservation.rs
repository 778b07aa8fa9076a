//! Which file systems may not keep reserved space, by the number that `statfs(2)` returns for them.
//!
//! `fallocate(2)` guarantees that later writes into the range do not fail for lack of space. Copy-on-write file systems guarantee
//! less: a page that is rewritten, or is shared with a snapshot, goes elsewhere, and ZFS reserves nothing at all. An overlay
//! forwards the call to a file system that is unknown here, and so do servers and programs behind a mount. On all other file
//! systems the call reserves space, or is refused, in which case the space is reserved by writing zeros. The numbers are in Linux's `magic.h`
//! (`include/uapi/linux`), and in the sources of ZFS, bcachefs, CIFS.

const WITHOUT_RESERVATION: [(u32, &str); 10] = [
    (0x9123_683e, "Btrfs"),
    (0x2fc1_2fc1, "ZFS"),
    (0xca45_1a4e, "bcachefs"),
    (0x794c_7630, "an overlay file system"),
    (0x0000_6969, "NFS"),
    (0xff53_4d42, "CIFS"),
    (0xfe53_4d42, "SMB"),
    (0x0102_1997, "9P"),
    (0x00c3_6400, "Ceph"),
    (0x6573_5546, "FUSE"),
];

/// The name of the file system with this number, if it may not keep reserved space.
pub(super) fn file_system_without_reservation(magic: u32) -> Option<&'static str> {
    WITHOUT_RESERVATION.iter().find(|(known, _)| *known == magic).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::file_system_without_reservation;

    #[test]
    fn file_systems_are_known_by_their_numbers() {
        assert_eq!(file_system_without_reservation(0x9123_683e), Some("Btrfs"));
        // ext4, XFS, tmpfs.
        assert_eq!([0xef53, 0x5846_5342, 0x0102_1994].map(file_system_without_reservation), [None; 3]);
    }
}
