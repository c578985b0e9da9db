export function GET() {
  return new Response("anyone's");
}
