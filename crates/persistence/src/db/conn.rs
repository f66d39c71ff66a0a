//! What SeaORM asks its questions of: a lane for single statements, or one connection with an open transaction.

use std::sync::Arc;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use tokio::sync::Mutex;

use super::lane::{Held, Lane};

/// Single statements, each on whatever connection is free.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    pub(super) lane: Arc<Lane>,
    pub(super) backend: DbBackend,
}

#[async_trait::async_trait]
impl ConnectionTrait for Desk {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut held = self.lane.take().await?;
        let answer = held.execute(statement).await;
        held.give_back();
        answer
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut held = self.lane.take().await?;
        let answer = held.plain(sql).await;
        held.give_back();
        answer
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut held = self.lane.take().await?;
        let answer = held.one(statement).await;
        held.give_back();
        answer
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut held = self.lane.take().await?;
        let answer = held.all(statement).await;
        held.give_back();
        answer
    }
}

/// One connection with an open transaction. Dropped means taken back.
#[derive(Debug)]
pub(crate) struct Open {
    held: Mutex<Held>,
    backend: DbBackend,
}

impl Open {
    pub(super) async fn begin(desk: &Desk, sql: &str) -> Result<Self, DbErr> {
        let mut held = desk.lane.take().await?;
        held.begin(sql).await?;
        Ok(Self { held: Mutex::new(held), backend: desk.backend })
    }

    pub(super) async fn commit(self) -> Result<(), DbErr> {
        self.held.into_inner().commit().await
    }

    pub(super) async fn rollback(self) -> Result<(), DbErr> {
        self.held.into_inner().rollback().await
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Open {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.held.lock().await.execute(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.held.lock().await.plain(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.held.lock().await.one(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.held.lock().await.all(statement).await
    }
}
