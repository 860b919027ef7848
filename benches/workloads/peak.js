'use strict';
// The peak of this process's resident memory, in kibibytes.

console.log(process.resourceUsage().maxRSS);
