import { adapterContract } from "../test/adapter-contract.ts";
import { startWeb } from "../test/backends/web.ts";
import { outageLab } from "../test/outage-lab.ts";

adapterContract("a Web-standard handler", startWeb);
outageLab("a Web-standard handler", startWeb);
