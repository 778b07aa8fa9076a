//! placeholder
use super::catalogue::Engine;
use anyhow::{Result, bail};
pub fn check(_engines: &[Engine]) -> Result<()> {
    bail!("not yet")
}
