// SPDX-License-Identifier: GPL-2.0-only
/* Which page it is. `amprelay` is for whoever looks at the page by script. */
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const pages = {bench: BenchPage, campaign: CampaignPage, run: RunPage};
const amprelay = new pages[data.kind](data);

amprelay.show();
