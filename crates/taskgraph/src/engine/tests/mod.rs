mod conversation;
mod desk;
mod desk_meetings;
mod random;
mod rules;
mod shipped_conversations;
