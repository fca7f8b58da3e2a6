mod play;
mod random;
mod rules;
mod seed;
