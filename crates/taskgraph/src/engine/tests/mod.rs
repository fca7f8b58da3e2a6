mod conversation;
mod desk;
mod random;
mod rules;
mod shipped_conversations;
