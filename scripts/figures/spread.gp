# SPDX-License-Identifier: MIT
# Moves labels apart: label_at[1:n_labels], positions along an axis from label_low to label_high, become places at
# least label_gap apart, label_place[1:n_labels], in the same order and as near as they can be. What is NaN stays.
array label_order[n_labels + 1]
array label_place[n_labels + 1]
n_placed = 0
do for [i = 1:n_labels] {
  label_place[i] = NaN
  if (label_at[i] == label_at[i]) {
    n_placed = n_placed + 1
    label_order[n_placed] = i
    do for [k = n_placed:2:-1] {
      if (label_at[label_order[k]] < label_at[label_order[k - 1]]) {
        swap = label_order[k]; label_order[k] = label_order[k - 1]; label_order[k - 1] = swap
      }
    }
  }
}
do for [pass = 1:2] { # apart, and then back by what that has moved them on average
  floor_at = pass == 1 ? -1e300 : label_low
  moved = 0
  do for [k = 1:n_placed] { # upwards, each at least a gap above the one before
    i = label_order[k]
    wanted = pass == 1 ? label_at[i] : label_place[i]
    label_place[i] = wanted > floor_at ? wanted : floor_at
    floor_at = label_place[i] + label_gap
    moved = moved + label_place[i] - label_at[i]
  }
  if (pass == 1 && n_placed > 0) {
    do for [k = 1:n_placed] { label_place[label_order[k]] = label_place[label_order[k]] - moved / n_placed }
  }
}
ceiling_at = label_high
do for [k = n_placed:1:-1] { # downwards, so that the last stays inside
  i = label_order[k]
  label_place[i] = label_place[i] < ceiling_at ? label_place[i] : ceiling_at
  ceiling_at = label_place[i] - label_gap
}
