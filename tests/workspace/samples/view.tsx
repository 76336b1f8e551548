import React from "react";

export const View = ({ name }: { name: string }) => <b>{name}</b>;

export function App(): JSX.Element {
  return <View name="x" />;
}
