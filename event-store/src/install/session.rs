//! Sends the requests of an installation, with failures as `InstallError`s and replies as JSON.

use serde::Deserialize;
use serde_json::Value;

use super::bundle::Bundle;
use super::error::InstallError;
use crate::refusal::Refusal;
use crate::transport::{Method, Request, Response, Transport};

/// A bundle and the transport to its engine.
#[derive(Clone, Copy)]
pub(super) struct InstallSession<'s> {
    pub(super) transport: &'s dyn Transport,
    pub(super) bundle: &'s Bundle,
}

/// The `_meta` of installed objects; see `ecs-gen`.
#[derive(Debug, Deserialize)]
pub(super) struct Meta {
    pub(super) log: String,
    pub(super) hash: String,
    pub(super) version: u64,
}

/// How something on the engine compares with the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InstalledState {
    Missing,
    Older,
    Equal,
}

impl InstallSession<'_> {
    pub(super) fn send(&self, method: Method, path: &str, body: Option<&[u8]>) -> Result<Response, InstallError> {
        let request = Request { body, ..Request::new(method, path) };
        self.transport
            .send(&request)
            .map_err(|source| InstallError::Transport { request: describe(method, path), source })
    }

    /// Reads an object that may not exist.
    pub(super) fn find(&self, path: &str) -> Result<Option<Value>, InstallError> {
        let response = self.send(Method::Get, path, None)?;
        match response.refusal() {
            None => read(path, &response).map(Some),
            Some(refusal) if refusal.status == 404 => Ok(None),
            Some(refusal) => Err(refused(Method::Get, path, refusal)),
        }
    }

    /// Compares an object that has this `_meta` with the bundle.
    ///
    /// # Errors
    /// When it is newer.
    pub(super) fn compare(&self, object: &str, meta: &Meta) -> Result<InstalledState, InstallError> {
        if meta.hash == self.bundle.hash() {
            return Ok(InstalledState::Equal);
        }
        let (installed, version) = (meta.version, self.bundle.version());
        if installed > version {
            return Err(InstallError::Downgrade { object: object.to_owned(), installed, version });
        }
        Ok(InstalledState::Older)
    }
}

pub(super) fn describe(method: Method, path: &str) -> String {
    format!("{} {path}", method.as_str())
}

pub(super) fn refused(method: Method, path: &str, refusal: Refusal) -> InstallError {
    InstallError::Refused { request: describe(method, path), refusal }
}

fn read(path: &str, response: &Response) -> Result<Value, InstallError> {
    serde_json::from_slice(&response.body)
        .map_err(|source| InstallError::Malformed { request: describe(Method::Get, path), source: Some(source) })
}

pub(super) fn malformed(path: &str) -> InstallError {
    InstallError::Malformed { request: describe(Method::Get, path), source: None }
}

/// The `_meta`, if it has the form that `ecs-gen` writes.
pub(super) fn read_meta(meta: &Value) -> Option<Meta> {
    Meta::deserialize(meta).ok()
}
