//! Taskgraphs: the script a company wrote for its front desk.
