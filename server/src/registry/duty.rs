//! Models put into service and taken out of it by hand.

use super::{Registry, Unavailable, slot::Phase};

impl Registry {
    /// Loads a model by hand, one that was taken out or has failed included, and waits for it.
    ///
    /// # Errors
    ///
    /// As [`Registry::loaded`].
    pub async fn load(&self, name: &str) -> Result<(), Unavailable> {
        let slot = self.slot(name).ok_or(Unavailable::Unknown)?;
        slot.change_if(|phase| matches!(phase, Phase::Unloaded | Phase::Failed), || Phase::Standby);
        self.loaded(name).await.map(|_| ())
    }

    /// Takes a model out of service. It stays out, whoever asks for it and whatever becomes of its
    /// folder, until [`Registry::load`]; what is under way with it is still finished.
    ///
    /// # Errors
    ///
    /// When there is no such model, or there is nothing of it to take out.
    pub fn unload(&self, name: &str) -> Result<(), Unavailable> {
        let slot = self.slot(name).ok_or(Unavailable::Unknown)?;
        let out = slot.change_if(
            |phase| {
                matches!(
                    phase,
                    Phase::Ready(_)
                        | Phase::Standby
                        | Phase::Loading
                        | Phase::Failed
                        | Phase::Unloaded
                )
            },
            || Phase::Unloaded,
        );
        if out {
            tracing::info!(model = name, "model is taken out of service");
            return Ok(());
        }
        Err(Unavailable::State(name.to_owned(), slot.version().state()))
    }
}
