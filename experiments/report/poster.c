/* SPDX-License-Identifier: MIT
 * The numbers the poster prints, as printed. No number of ours is here. */
#include "experiments/report/poster.h"

#include <math.h>

const gm_poster_row gm_poster_table3[GM_MODELS] = {
    [GM_MODEL_PERSISTENCE] = {NAN, NAN},    [GM_MODEL_LINEAR_REGRESSION] = {0.00003, 0.284815},
    [GM_MODEL_CNN] = {0.004014, 0.285503},  [GM_MODEL_CNN_PRUNED] = {0.004188, 0.285000},
    [GM_MODEL_CNN_STRUCTURED] = {NAN, NAN}, [GM_MODEL_CNN_EARLY_STOPPING] = {0.002287, 0.298000},
    [GM_MODEL_TUNE] = {0.03407, 0.252572},  [GM_MODEL_TUNE_PRUNED] = {0.01600, 0.256914},
    [GM_MODEL_CLIMATOLOGY] = {NAN, NAN},    [GM_MODEL_EOF_REGRESSION] = {NAN, NAN},
};

const double gm_poster_lr_emissions_low_kg = 0.000025, gm_poster_lr_emissions_high_kg = 0.000035;

const double gm_poster_lr_inference_kg = 7.5714e-8, gm_poster_cnn_inference_kg = 9.8744e-6;

const gm_poster_search gm_poster_table1 = {1, 0.0046, NAN, "SGD"};
const gm_poster_search gm_poster_not_pruned = {1, 0.004626, 0.252572, "SGD"};
const gm_poster_search gm_poster_pruned = {1, 0.004626, 0.256914, "SGD"};

const gm_patterson_row gm_patterson[GM_PATTERSON_ROWS] = {
    {"T5", 86, 47}, {"GShard", 24, 4.3}, {"Switch Transformer", 179, 59}, {"GPT-3", 1287, 552}};
