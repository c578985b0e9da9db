"use client";

import { useEffect } from "react";
import { tellTimeZone } from "./time-zone.ts";

/** On every page, the sign-in's too, so that the first list of tasks has the right day already. */
export function TellTimeZone() {
  useEffect(tellTimeZone, []);
  return null;
}
