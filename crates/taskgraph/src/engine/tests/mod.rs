mod conversation;
mod random;
mod rules;
mod shipped_conversations;
