/* SPDX-License-Identifier: MIT
 * What follows from settings: the meter's configuration and the carbon intensity. */
#ifndef ENERGY_SETTINGS_METER_H
#define ENERGY_SETTINGS_METER_H

#include "energy/carbon/carbon_intensity.h"
#include "energy/meter.h"
#include "energy/record/settings.h"

/* Its texts are the settings' and the environment's. */
gm_meter_config gm_settings_meter_config(const gm_settings *settings);

/* The carbon intensity the settings ask for; not set where they ask for none. */
gm_status gm_settings_carbon(const gm_settings *settings, gm_carbon_intensity *carbon, gm_error *err);

#endif
