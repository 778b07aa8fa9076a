//! An npm package as its packed `.tgz`: two entries are read into memory, within limits, and nothing reaches the disk.

use std::fs::File;
use std::io::{self, BufReader, Read, Take};
use std::path::Path;

use flate2::read::GzDecoder;
use tar::{Archive, Entry};

use super::origin::{PACKAGE_FIELDS, PACKAGE_MANIFEST, manifest_version};
use super::{Form, Published};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ecs::load::too_large;
use crate::source::{MAX_FILE_BYTES, Sources};

/// Most bytes that are unpacked in search of the two entries; the whole package of 9.4.0 has 13 MB. A small archive that
/// unpacks to more is no package.
const MAX_UNPACKED_BYTES: u64 = 32 * 1024 * 1024;

type Unpacked<R> = Take<GzDecoder<R>>;

/// What of the package is read.
#[derive(Default)]
struct Contents {
    fields: Option<String>,
    manifest: Option<String>,
}

/// Loads the field list and the version from the archive at `path`; `None` when a problem was reported.
pub(super) fn load_archive(sources: &mut Sources, path: &Path, diagnostics: &mut Diagnostics) -> Option<Published> {
    let contents = File::open(path)
        .map_err(|cause| Diagnostic::error(Code::FileUnreadable, format!("the file cannot be read: {cause}")))
        .and_then(|file| read_contents(BufReader::new(file)));
    let found = contents.and_then(|contents| {
        let version = contents.manifest.as_deref().and_then(manifest_version);
        let missing = || Diagnostic::error(Code::NotEcsRelease, format!("the archive has no `{PACKAGE_FIELDS}`"));
        Ok((contents.fields.ok_or_else(missing)?, version))
    });
    match found {
        Ok((text, version)) => {
            let file = sources.add(format!("{}:{PACKAGE_FIELDS}", path.display()), text);
            Some(Published { form: Form::Literal(file), version })
        }
        Err(problem) => {
            diagnostics.push(problem.in_file(path));
            None
        }
    }
}

fn read_contents<R: Read>(packed: R) -> Result<Contents, Diagnostic> {
    let mut archive = Archive::new(GzDecoder::new(packed).take(MAX_UNPACKED_BYTES));
    let found = read_entries(&mut archive);
    if found.is_err() && archive.into_inner().limit() == 0 {
        let message = format!("the archive unpacks to more than {MAX_UNPACKED_BYTES} bytes");
        return Err(Diagnostic::error(Code::TooLarge, message));
    }
    found
}

fn read_entries<R: Read>(archive: &mut Archive<Unpacked<R>>) -> Result<Contents, Diagnostic> {
    let mut contents = Contents::default();
    for entry in archive.entries().map_err(|cause| damaged(&cause))? {
        let mut entry = entry.map_err(|cause| damaged(&cause))?;
        let path = entry.path_bytes().into_owned();
        // npm puts everything below one folder, `package`; its name does not matter.
        let inner = path.iter().position(|byte| *byte == b'/').map_or(&path[..], |slash| &path[slash + 1..]);
        if inner == PACKAGE_FIELDS.as_bytes() {
            contents.fields = Some(read_entry(&mut entry)?);
        } else if inner == PACKAGE_MANIFEST.as_bytes() {
            contents.manifest = Some(read_entry(&mut entry)?);
        }
        if contents.fields.is_some() && contents.manifest.is_some() {
            break;
        }
    }
    Ok(contents)
}

fn read_entry<R: Read>(entry: &mut Entry<'_, Unpacked<R>>) -> Result<String, Diagnostic> {
    let size = entry.size();
    if size > MAX_FILE_BYTES {
        return Err(too_large(size));
    }
    let mut text = String::new();
    entry.read_to_string(&mut text).map_err(|cause| damaged(&cause))?;
    Ok(text)
}

fn damaged(cause: &io::Error) -> Diagnostic {
    Diagnostic::error(Code::NotEcsRelease, format!("the file is no packed npm package: {cause}"))
}
